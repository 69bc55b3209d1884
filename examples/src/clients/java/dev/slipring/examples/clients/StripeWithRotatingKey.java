package dev.slipring.examples.clients;

import com.stripe.StripeClient;
import com.stripe.StripeClient.StripeClientBuilder;
import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import com.stripe.net.StripeResponseStream;
import dev.slipring.apikey.ApiKey;
import dev.slipring.apikey.RotatingApiKey;
import dev.slipring.keyring.RotatingSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Presents a rotating API key with every request of a {@link StripeClient}, as a bearer token. One that is refused is
 * made once more with another accepted key, and with the same idempotency key. A call whose {@code RequestOptions} have
 * an API key keeps that one. Safe for use by several threads.
 */
public final class StripeWithRotatingKey extends HttpClient {
    private static final String AUTHORIZATION = "Authorization";

    private final RotatingApiKey<Object> apiKey;
    private final HttpClient next;

    /**
     * Goes to {@link StripeClientBuilder#setHttpClient}.
     *
     * @param apiKey of {@link #apiKey}; stays the caller's
     * @param next makes the requests, such as {@code HttpURLConnectionClient}
     */
    public StripeWithRotatingKey(RotatingApiKey<Object> apiKey, HttpClient next) {
        this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
        this.next = Objects.requireNonNull(next, "next");
    }

    /** Prepares calls whose replies are {@link StripeResponse} or {@link StripeResponseStream}. */
    public static RotatingApiKey.Builder<Object> apiKey(RotatingSecret secret) {
        return RotatingApiKey.http(secret, StripeWithRotatingKey::status).discard(StripeWithRotatingKey::discard);
    }

    /** A builder of clients with the key; timeouts, retries and account may be added. */
    public static StripeClientBuilder client(RotatingApiKey<Object> apiKey, HttpClient next) {
        // Every call ends up in the HttpClient, the later pages of a list, too, and there the status is seen. An
        // Authenticator chooses a key per call, but hears of no refusal; a key in the RequestOptions of a call has to
        // be passed by hand, and a list that it returns goes on asking for pages with that key.
        return StripeClient.builder()
                .setAuthenticator(request -> request)
                .setHttpClient(new StripeWithRotatingKey(apiKey, next));
    }

    @Override
    public StripeResponse request(StripeRequest request) throws StripeException {
        return hasKey(request)
                ? next.request(request)
                : apiKey.<StripeResponse, StripeException>call(key -> next.request(keyed(request, key)));
    }

    @Override
    public StripeResponseStream requestStream(StripeRequest request) throws StripeException {
        return hasKey(request)
                ? next.requestStream(request)
                : apiKey.<StripeResponseStream, StripeException>call(key -> next.requestStream(keyed(request, key)));
    }

    private static boolean hasKey(StripeRequest request) {
        return request.headers().firstValue(AUTHORIZATION).isPresent();
    }

    private static StripeRequest keyed(StripeRequest request, ApiKey key) {
        return request.withAdditionalHeader(AUTHORIZATION, "Bearer " + key.revealText());
    }

    private static int status(Object reply) {
        return reply instanceof StripeResponseStream stream ? stream.code() : ((StripeResponse) reply).code();
    }

    private static void discard(Object reply) {
        if (reply instanceof StripeResponseStream stream) {
            try {
                stream.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
