package dev.slipring.vault;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one HTTP exchange, which takes no longer than it is told, its body included. A later request names the state of
 * the server that an earlier one saw, so that another node of a cluster does not answer from before. Safe for use by
 * several threads.
 */
final class Exchange {
    private static final String INDEX = "X-Vault-Index";
    private static final Pattern INDEX_FORM = Pattern.compile("[A-Za-z0-9+/=:_-]{1,1024}");

    private final HttpClient http;
    private final String root;
    private final @Nullable String namespace;
    private final int answerLimit;
    private final AtomicReference<@Nullable String> index = new AtomicReference<>();

    /** What came back. */
    static final class Received {
        private final int status;
        private final HttpHeaders headers;
        private final byte[] body;

        Received(HttpResponse<byte[]> response) {
            status = response.statusCode();
            headers = response.headers();
            body = response.body();
        }

        int status() {
            return status;
        }

        HttpHeaders headers() {
            return headers;
        }

        byte[] body() {
            return body;
        }
    }

    /** What is known of a request without a usable answer. */
    enum Fate {
        /** The server has not seen it. */
        UNSENT,
        /** It may have happened. */
        UNKNOWN,
        /** It may have happened, and another try would end the same way. */
        POINTLESS
    }

    /** No answer came, or none that can be used. */
    static final class LostException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Fate fate;

        LostException(String message, Fate fate, @Nullable Throwable cause) {
            super(message, cause);
            this.fate = fate;
        }

        Fate fate() {
            return fate;
        }
    }

    Exchange(HttpClient http, URI address, @Nullable String namespace, int answerLimit) {
        this.http = http;
        String text = address.toString();
        root = (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/v1/";
        this.namespace = namespace;
        this.answerLimit = answerLimit;
    }

    /**
     * Sends {@code request}.
     *
     * @throws LostException if there is no answer within {@code time}, or a longer one than is taken
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    Received send(VaultRequest request, @Nullable String token, Duration time)
            throws LostException, InterruptedException {
        if (time.isZero()) {
            throw new LostException("the time for it has passed", Fate.UNSENT, null);
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(http(request, token, time), response -> new CappedBody(answerLimit));
        try {
            // The client's own time-out ends with the headers.
            Received received = new Received(answer.get(time.toNanos(), TimeUnit.NANOSECONDS));
            received.headers()
                    .firstValue(INDEX)
                    .filter(value -> INDEX_FORM.matcher(value).matches())
                    .ifPresent(index::set);
            return received;
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new LostException("no answer within " + time, Fate.UNKNOWN, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw lost(e.getCause() == null ? e : e.getCause(), time);
        }
    }

    private HttpRequest http(VaultRequest request, @Nullable String token, Duration time) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(root + request.path()))
                .timeout(time)
                .header("X-Vault-Request", "true"); // agents refuse what lacks it
        byte[] body = request.body();
        if (body != null) {
            builder.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body));
        } else if (request.deletes()) {
            builder.DELETE();
        }
        if (token != null) {
            builder.header("X-Vault-Token", token);
        }
        if (namespace != null) {
            builder.header("X-Vault-Namespace", namespace);
        }
        String seen = index.get();
        if (seen != null) {
            builder.header(INDEX, seen);
        }
        return builder.build();
    }

    private static LostException lost(Throwable cause, Duration time) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CappedBody.TooLongException) {
                return new LostException("the answer is " + at.getMessage(), Fate.POINTLESS, at);
            }
        }
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return new LostException("no connection", Fate.UNSENT, cause);
        } else if (cause instanceof HttpTimeoutException) {
            return new LostException("no answer within " + time, Fate.UNKNOWN, cause);
        } else if (cause instanceof SSLHandshakeException) {
            return new LostException("the TLS handshake failed", Fate.POINTLESS, cause);
        } else if (cause instanceof IOException) {
            return new LostException("the connection broke", Fate.UNKNOWN, cause);
        }
        return new LostException("the call failed with " + cause.getClass().getSimpleName(), Fate.UNKNOWN, null);
    }
}
