package dev.slipring.apikey;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A client that calls a hook right before it sends a request and right after the reply has come, in the thread that
 * sends: there a test kills the replica, with and without the request's effect.
 */
final class HookedClient extends HttpClient {
    private static final HttpClient SHARED = HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .build();

    private final Consumer<String> hook;

    HookedClient(Consumer<String> hook) {
        this.hook = hook;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        hook.accept("before " + request.method());
        CompletableFuture<HttpResponse<T>> reply = SHARED.sendAsync(request, handler);
        reply.handle((response, failure) -> true).join();
        hook.accept("after " + request.method());
        return reply;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, HttpResponse.BodyHandler<T> handler, HttpResponse.PushPromiseHandler<T> pushed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return SHARED.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return SHARED.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return SHARED.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return SHARED.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return SHARED.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return SHARED.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return SHARED.authenticator();
    }

    @Override
    public Version version() {
        return SHARED.version();
    }

    @Override
    public Optional<Executor> executor() {
        return SHARED.executor();
    }
}
