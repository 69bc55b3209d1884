package dev.slipring.examples.clients;

import dev.slipring.apikey.RotatingApiKey;
import java.io.IOException;
import java.util.Objects;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Presents a rotating API key with every request that OkHttp makes to one service, as a bearer token. A request that is
 * refused is made once more with another accepted key, unless its body is one-shot: that one is gone.
 *
 * <p>An interceptor, not OkHttp's {@code Authenticator}: that is asked after a refusal alone, up to twenty times, and
 * never hears that a key works.
 *
 * <p>The key ends up in {@link Response#request()}; OkHttp's logging interceptor shows it unless told
 * {@code redactHeader("Authorization")}. Safe for use by several threads.
 */
public final class ApiKeyInterceptor implements Interceptor {
    private final RotatingApiKey<Response> apiKey;
    private final HttpUrl service;

    /**
     * Goes to {@link OkHttpClient.Builder#addInterceptor}, behind those that change the address of a request.
     *
     * @param apiKey of {@code RotatingApiKey.http(secret, Response::code)}; stays the caller's
     * @param service gets the key, and no other scheme, host or port does
     */
    public ApiKeyInterceptor(RotatingApiKey<Response> apiKey, HttpUrl service) {
        this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
        this.service = Objects.requireNonNull(service, "service");
    }

    /** A client of {@code service}. It follows no redirect: a 401 from elsewhere would be taken for the service's. */
    public static OkHttpClient client(RotatingApiKey<Response> apiKey, HttpUrl service) {
        return new OkHttpClient.Builder()
                .followRedirects(false)
                .addInterceptor(new ApiKeyInterceptor(apiKey, service))
                .build();
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        if (!isForService(request.url())) {
            return chain.proceed(request);
        }
        RotatingApiKey.Call<Response, IOException> call = key -> chain.proceed(request.newBuilder()
                .header("Authorization", "Bearer " + key.revealText())
                .build());
        return isRepeatable(request.body()) ? apiKey.call(call) : apiKey.callOnce(call);
    }

    private boolean isForService(HttpUrl url) {
        return url.scheme().equals(service.scheme())
                && url.host().equals(service.host())
                && url.port() == service.port();
    }

    private static boolean isRepeatable(RequestBody body) {
        return body == null || !(body.isOneShot() || body.isDuplex());
    }
}
