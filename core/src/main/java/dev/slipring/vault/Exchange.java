package dev.slipring.vault;

import dev.slipring.http.BoundedExchange;
import dev.slipring.http.LostException;
import dev.slipring.http.LostException.Fate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
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
    HttpResponse<byte[]> send(VaultRequest request, @Nullable String token, Duration time)
            throws LostException, InterruptedException {
        if (time.isZero()) {
            throw new LostException("the time for it has passed", Fate.UNSENT, null);
        }
        HttpResponse<byte[]> received = BoundedExchange.send(http, http(request, token, time), time, answerLimit);
        received.headers()
                .firstValue(INDEX)
                .filter(value -> INDEX_FORM.matcher(value).matches())
                .ifPresent(index::set);
        return received;
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
}
