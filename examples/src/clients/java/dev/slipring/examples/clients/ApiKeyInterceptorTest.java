package dev.slipring.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.apikey.RotatingApiKey;
import dev.slipring.keyring.RotatingSecret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.junit.jupiter.api.Test;

class ApiKeyInterceptorTest extends RotatingClientContract {
    private OkHttpClient client;

    @Override
    void begin(RotatingSecret rotating) {
        RotatingApiKey<Response> apiKey = built(RotatingApiKey.http(rotating, Response::code));
        client = ApiKeyInterceptor.client(apiKey, HttpUrl.get(service.base()));
        opened(() -> {
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        });
    }

    private static Request.Builder request(URI base) {
        return new Request.Builder().url(HttpUrl.get(base.resolve("/v1/things")));
    }

    private int status(Request.Builder request) throws IOException {
        try (Response response = client.newCall(request.build()).execute()) {
            return response.code();
        }
    }

    @Override
    int get() throws IOException {
        return status(request(service.base()));
    }

    @Override
    int post(String text) throws IOException {
        return status(request(service.base()).post(RequestBody.create(text, null)));
    }

    @Test
    void bodyThatIsAStream_isSentOnceAndTheNextCallIsRight() throws IOException {
        rotateUnseen(2);
        Source stream = Okio.source(new ByteArrayInputStream(bytes("amount=5")));
        RequestBody oneShot = new RequestBody() {
            @Override
            public MediaType contentType() {
                return null;
            }

            @Override
            public boolean isOneShot() {
                return true;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeAll(stream);
            }
        };
        assertThat(status(request(service.base()).post(oneShot))).isEqualTo(401);
        assertThat(service.keys()).containsExactly(key(1));
        assertThat(get()).isEqualTo(200);
        assertThat(service.keys()).containsExactly(key(2));
    }

    @Test
    void requestToAnotherOrigin_hasNoKey() throws IOException {
        try (KeyedService other = new KeyedService()) {
            assertThat(status(request(other.base()))).isEqualTo(401);
            assertThat(other.keys()).containsExactly("none");
        }
        assertThat(service.keys()).isEmpty();
    }

    @Test
    void redirect_isAReplyLikeAnyOther() throws IOException {
        try (KeyedService other = new KeyedService()) {
            service.redirect(other.base());
            assertThat(get()).isEqualTo(302);
            assertThat(other.asked()).isEmpty();
        }
    }

    @Test
    void connection_ofARefusedCall_isUsedAgain() throws IOException {
        rotateUnseen(2);
        assertThat(get()).isEqualTo(200);
        assertThat(client.connectionPool().connectionCount()).isEqualTo(1);
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(1);
    }
}
