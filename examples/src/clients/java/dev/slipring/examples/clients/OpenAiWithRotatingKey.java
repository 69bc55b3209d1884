package dev.slipring.examples.clients;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.slipring.apikey.RotatingApiKey;
import okhttp3.HttpUrl;
import okhttp3.Response;

/** OpenAI's own client with a rotating API key: built once, whatever becomes of the key. */
public final class OpenAiWithRotatingKey {
    private OpenAiWithRotatingKey() {}

    /**
     * A client for the API at {@code base}, the caller's to close.
     *
     * @param apiKey of {@code RotatingApiKey.http(secret, Response::code)}; stays the caller's
     * @param base such as {@code https://api.openai.com/v1}
     */
    public static OpenAIClient client(RotatingApiKey<Response> apiKey, HttpUrl base) {
        // The client runs interceptors at each of its attempts, of whatever service, streaming or not, and
        // tells them whether a body can be sent again. The supplier that a BearerTokenCredential may have is asked once
        // per call and hears of no refusal; withOptions(...) would have to be wrapped around every call,
        // and a second one would send what is left of a stream.
        return OpenAIOkHttpClient.builder()
                .baseUrl(base.toString())
                .followRedirects(false)
                .apiKey("in place of the interceptor's") // it insists on one
                .addInterceptor(new ApiKeyInterceptor(apiKey, base))
                .build();
    }
}
