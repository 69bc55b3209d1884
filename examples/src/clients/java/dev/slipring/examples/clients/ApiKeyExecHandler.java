package dev.slipring.examples.clients;

import dev.slipring.apikey.ApiKey;
import dev.slipring.apikey.RotatingApiKey;
import java.io.IOException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

/**
 * Presents a rotating API key with every request that Apache HttpClient makes to one service, as a bearer token. A
 * request that is refused is made once more with another accepted key, unless its entity is not repeatable.
 *
 * <p>The key is in a copy of the request that lasts for one exchange. It is among what the loggers
 * {@code org.apache.hc.client5.http.headers} and {@code .wire} show at DEBUG. Safe for use by several threads.
 */
public final class ApiKeyExecHandler implements ExecChainHandler {
    private final RotatingApiKey<ClassicHttpResponse> apiKey;
    private final HttpHost service;

    /**
     * Goes right before {@link ChainElement#PROTOCOL}, which is always there: what the client retries, or sends
     * elsewhere because of a redirect, it makes of the caller's request, and so without a key, until it gets here.
     *
     * @param apiKey of {@code RotatingApiKey.http(secret, ClassicHttpResponse::getCode)}; stays the caller's
     * @param service gets the key, and no other scheme, host or port does
     * @throws HttpException if it is no host
     */
    public ApiKeyExecHandler(RotatingApiKey<ClassicHttpResponse> apiKey, HttpHost service) throws HttpException {
        this.apiKey = apiKey;
        this.service = RoutingSupport.normalize(service, DefaultSchemePortResolver.INSTANCE);
    }

    /**
     * A client of {@code service}.
     *
     * @throws HttpException if it is no host
     */
    public static CloseableHttpClient client(RotatingApiKey<ClassicHttpResponse> apiKey, HttpHost service)
            throws HttpException {
        ApiKeyExecHandler handler = new ApiKeyExecHandler(apiKey, service);
        return HttpClients.custom()
                .addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "api-key", handler)
                .build();
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (!scope.route.getTargetHost().equals(service)) {
            return chain.proceed(request, scope);
        }
        HttpEntity body = request.getEntity();
        RotatingApiKey.Call<ClassicHttpResponse, IOException> call = key -> proceed(request, key, scope, chain);
        return body == null || body.isRepeatable() ? apiKey.call(call) : apiKey.callOnce(call);
    }

    private static ClassicHttpResponse proceed(
            ClassicHttpRequest request, ApiKey key, ExecChain.Scope scope, ExecChain chain) throws IOException {
        ClassicHttpRequest keyed = ClassicRequestBuilder.copy(request)
                .setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + key.revealText())
                .build();
        try {
            return chain.proceed(keyed, scope);
        } catch (HttpException e) {
            throw new ClientProtocolException(e.getMessage(), e); // as the client does
        }
    }
}
