package dev.slipring.apikey;

import dev.slipring.http.SafeAddress;
import dev.slipring.keyring.StaleKeyringException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests by {@code java.net.http} with a rotating API key, to one origin and nowhere else: a request for
 * another scheme, host or port is refused, and so is a client that follows redirects, since it would take the key along
 * to wherever it is sent. A redirect is a reply like any other.
 *
 * <p>A request whose key is refused is sent again with another. Its body is subscribed to once more then, as the JDK's
 * body publishers allow. One of unknown length, as from a stream, may be used up, so such a request is sent once and
 * its refusal is the reply; the requests that follow begin with another key. Whoever states the length of
 * a body states that it can be sent twice.
 *
 * <p>The key is in the headers of {@link HttpResponse#request()}: do not log those. Client and rotating key stay the
 * caller's. Immutable and safe for use by several threads.
 */
public final class ApiKeySender {
    private final HttpClient client;
    private final RotatingApiKey<HttpResponse<?>> key;
    private final KeyHeader header;
    private final URI origin;

    private ApiKeySender(HttpClient client, RotatingApiKey<HttpResponse<?>> key, KeyHeader header, URI origin) {
        this.client = client;
        this.key = key;
        this.header = header;
        this.origin = origin;
    }

    /**
     * A sender to {@code origin} by {@code client}.
     *
     * @param client follows no redirects; one with an authenticator may answer a 401 before it is seen here
     * @param key such as of {@link RotatingApiKey#http}
     * @param header where the key goes
     * @param origin such as {@code https://api.example.com}; in clear text only on this machine
     * @throws IllegalArgumentException if the client follows redirects, or the origin is not of https with a host and
     *     nothing behind it
     */
    public static ApiKeySender of(
            HttpClient client, RotatingApiKey<HttpResponse<?>> key, KeyHeader header, URI origin) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException(
                    "a client that follows redirects takes the API key along; let it follow none");
        }
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(header, "header");
        if (!SafeAddress.is(origin)) {
            throw new IllegalArgumentException("an origin is of https with a host, or on this machine");
        }
        boolean path = !Set.of("", "/").contains(Objects.requireNonNullElse(origin.getRawPath(), ""));
        if (path || origin.getUserInfo() != null || origin.getQuery() != null || origin.getFragment() != null) {
            throw new IllegalArgumentException("an origin has no user, path, query or fragment");
        }
        return new ApiKeySender(client, key, header, origin);
    }

    /**
     * Sends {@code request} with the key, in the place of whatever its header was.
     *
     * @param request is not changed
     * @return the reply, which is the refusal if no other key was at hand or it was refused, too
     * @throws IOException if an exchange failed; it is not made again
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws IllegalArgumentException if the request is not for the origin
     * @throws IllegalStateException if the key has a byte that cannot be in a header
     * @throws StaleKeyringException if nothing may be produced now
     */
    public <B> HttpResponse<B> send(HttpRequest.Builder request, BodyHandler<B> body)
            throws IOException, InterruptedException {
        HttpRequest bare = bare(request);
        return key.<HttpResponse<B>, IOException, InterruptedException>make(
                chosen -> client.send(keyed(bare, chosen), body), isRepeatable(bare));
    }

    /**
     * The same without waiting. Cancelling the future that is returned cancels the exchange under way.
     *
     * @return fails as {@link #send} does, but for the request's origin
     * @throws IllegalArgumentException if the request is not for the origin
     */
    public <B> CompletableFuture<HttpResponse<B>> sendAsync(HttpRequest.Builder request, BodyHandler<B> body) {
        HttpRequest bare = bare(request);
        return key.makeAsync(chosen -> client.sendAsync(keyed(bare, chosen), body), isRepeatable(bare));
    }

    @Override
    public String toString() {
        return "ApiKeySender[" + origin + ", " + header + ", " + key + "]";
    }

    private HttpRequest bare(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        URI uri = request.uri();
        if (!scheme(uri).equals(scheme(origin)) || !host(uri).equals(host(origin)) || port(uri) != port(origin)) {
            throw new IllegalArgumentException("a request to " + scheme(uri) + "://" + host(uri) + ":" + port(uri)
                    + " does not get the API key of " + origin);
        }
        return request;
    }

    private HttpRequest keyed(HttpRequest bare, ApiKey chosen) {
        return HttpRequest.newBuilder(bare, (name, value) -> true)
                .setHeader(header.name(), header.reveal(chosen))
                .build();
    }

    /** Gives up the body of a reply that nobody will read: what still streams would keep its connection. */
    static void discard(@Nullable Object body) {
        if (body instanceof Flow.Publisher<?> publisher) {
            publisher.subscribe(new Cancelling());
        } else if (body != null) {
            RotatingApiKey.close(body);
        }
    }

    private static final class Cancelling implements Flow.Subscriber<Object> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(Object item) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    private static boolean isRepeatable(HttpRequest request) {
        Optional<BodyPublisher> body = request.bodyPublisher();
        return body.isEmpty() || body.get().contentLength() >= 0;
    }

    private static String scheme(URI uri) {
        return Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    }

    private static String host(URI uri) {
        return Objects.requireNonNullElse(uri.getHost(), "").toLowerCase(Locale.ROOT);
    }

    private static int port(URI uri) {
        int port = uri.getPort();
        return port >= 0 ? port : scheme(uri).equals("https") ? 443 : 80;
    }
}
