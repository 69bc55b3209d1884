package dev.slipring.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.slipring.apikey.RotatingApiKey;
import dev.slipring.keyring.RotatingSecret;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class OpenAiWithRotatingKeyTest extends RotatingClientContract {
    private OpenAIClient client;

    @Override
    void begin(RotatingSecret rotating) {
        RotatingApiKey<Response> apiKey = built(RotatingApiKey.http(rotating, Response::code));
        client = OpenAiWithRotatingKey.client(apiKey, HttpUrl.get(service.base() + "/v1"));
        opened(client::close);
    }

    @Override
    int get() {
        return status(() -> client.models().list());
    }

    @Override
    int post(String text) {
        return status(() -> client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model("text-embedding-3-small")
                        .input(text)
                        .build()));
    }

    private static int status(Runnable call) {
        try {
            call.run();
            return 200;
        } catch (OpenAIServiceException e) {
            return e.statusCode();
        }
    }

    @Test
    void asynchronousCall_refused_goesOnWithTheOther() throws Exception {
        rotateUnseen(2);
        client.async().models().list().get();
        assertThat(service.keys()).containsExactly(key(1), key(2));
    }

    @Test
    void asynchronousCall_everyKeyRefused_failsAsUnauthorized() {
        rotateUnseen(2);
        service.revoke(key(2));
        assertThat(client.async().models().list())
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(UnauthorizedException.class);
        assertThat(service.keys()).containsExactly(key(1), key(2));
    }

    @Test
    void uploadOfAStream_isSentOnceAndTheNextCallIsRight() {
        rotateUnseen(2);
        FileCreateParams upload = FileCreateParams.builder()
                .purpose(FilePurpose.BATCH)
                .file(new BufferedInputStream(new ByteArrayInputStream(bytes("amount=5"))))
                .build();
        assertThat(status(() -> client.files().create(upload))).isEqualTo(401);
        assertThat(service.keys()).containsExactly(key(1));
        assertThat(get()).isEqualTo(200);
        assertThat(service.keys()).containsExactly(key(2));
    }
}
