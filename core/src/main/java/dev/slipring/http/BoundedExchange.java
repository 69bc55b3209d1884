package dev.slipring.http;

import dev.slipring.http.LostException.Fate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** Makes one HTTP exchange, which takes no longer than it is told, its body included. Stateless. */
public final class BoundedExchange {
    private BoundedExchange() {}

    /**
     * The answer to {@code request}, whose body is the caller's to wipe.
     *
     * @param time above zero; the client's own time-out ends with the headers
     * @param limit the longest body that is taken, in bytes
     * @throws LostException if there is no answer in time, or a longer one than is taken
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static HttpResponse<byte[]> send(HttpClient client, HttpRequest request, Duration time, int limit)
            throws LostException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, response -> new CappedBody(limit));
        try {
            return answer.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new LostException("no answer within " + time, Fate.UNKNOWN, e);
        } catch (ExecutionException e) {
            throw lost(e.getCause() == null ? e : e.getCause(), time);
        } finally {
            answer.cancel(true); // does nothing to one that has come
        }
    }

    private static LostException lost(Throwable cause, Duration time) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof CappedBody.TooLongException) {
                return new LostException("the answer is " + at.getMessage(), Fate.TOO_LONG, null);
            }
        }
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return new LostException("no connection", Fate.UNSENT, cause);
        } else if (cause instanceof HttpTimeoutException) {
            return new LostException("no answer within " + time, Fate.UNKNOWN, cause);
        } else if (cause instanceof SSLHandshakeException) {
            return new LostException("the TLS handshake failed", Fate.UNTRUSTED, cause);
        } else if (cause instanceof IOException) {
            return new LostException("the connection broke", Fate.UNKNOWN, cause);
        }
        return new LostException("the call failed with " + cause.getClass().getSimpleName(), Fate.UNKNOWN, null);
    }
}
