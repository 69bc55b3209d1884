package dev.slipring.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.apikey.RotatingApiKey;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.RotatingSecret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.junit.jupiter.api.Test;

class ApiKeyExecHandlerTest extends RotatingClientContract {
    private CloseableHttpClient client;

    @Override
    void begin(RotatingSecret rotating) throws Exception {
        RotatingApiKey<ClassicHttpResponse> apiKey = built(RotatingApiKey.http(rotating, ClassicHttpResponse::getCode));
        client = opened(ApiKeyExecHandler.client(apiKey, HttpHost.create(service.base())));
    }

    private static ClassicRequestBuilder request(String method, URI base) {
        return ClassicRequestBuilder.create(method).setUri(base.resolve("/v1/things"));
    }

    private int status(ClassicRequestBuilder request) throws IOException {
        return client.execute(request.build(), reply -> reply.getCode());
    }

    @Override
    int get() throws IOException {
        return status(request("GET", service.base()));
    }

    @Override
    int post(String text) throws IOException {
        return status(request("POST", service.base()).setEntity(new StringEntity(text)));
    }

    @Test
    void bodyThatIsAStream_isSentOnceAndTheNextCallIsRight() throws IOException {
        rotateUnseen(2);
        InputStreamEntity stream =
                new InputStreamEntity(new ByteArrayInputStream(bytes("amount=5")), ContentType.TEXT_PLAIN);
        assertThat(status(request("POST", service.base()).setEntity(stream))).isEqualTo(401);
        assertThat(service.keys()).containsExactly(key(1));
        assertThat(get()).isEqualTo(200);
        assertThat(service.keys()).containsExactly(key(2));
    }

    @Test
    void requestToAnotherOrigin_hasNoKey() throws IOException {
        try (KeyedService other = new KeyedService()) {
            assertThat(status(request("GET", other.base()))).isEqualTo(401);
            assertThat(other.keys()).containsExactly("none");
        }
        assertThat(service.keys()).isEmpty();
    }

    @Test
    void redirectElsewhere_isFollowedWithoutTheKeyAndItsRefusalIsNone() throws IOException {
        try (KeyedService other = new KeyedService()) {
            service.redirect(other.base());
            assertThat(get()).isEqualTo(401);
            assertThat(other.keys()).containsExactly("none");
        }
        assertThat(service.keys()).containsExactly(key(1));
        assertThat(secret.rotating().uses().counts().failures(AuthFailure.UNAUTHORIZED))
                .isZero();
    }

    @Test
    void retryOfTheClient_hasTheKeyToo() throws IOException {
        service.answer(503);
        assertThat(get()).isEqualTo(503);
        assertThat(service.keys()).containsExactly(key(1), key(1));
    }
}
