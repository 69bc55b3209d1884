package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretValue;
import dev.slipring.testing.ManualClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The double behaves as the API that it stands for is documented. */
class FakeOpenAiTest {
    private static final String PROJECT = "/organization/projects/proj_abc";

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final FakeOpenAi openAi = new FakeOpenAi(clock);
    private final SecretValue root = openAi.rootKey();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        openAi.close();
    }

    private HttpResponse<String> ask(String method, String path, String body, SecretValue key) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(openAi.base() + path)).method(method, BodyPublishers.ofString(body));
        return http.send(ApiCredential.bearer(key).on(request).build(), BodyHandlers.ofString());
    }

    @Test
    void value_isShownOnce() throws Exception {
        String made = ask("POST", PROJECT + "/service_accounts", "{\"name\":\"x\"}", root)
                .body();
        String value = openAi.values().get(1);

        assertThat(made).contains("\"value\":\"" + value + "\"");
        assertThat(ask("GET", PROJECT + "/service_accounts", "", root).body()).doesNotContain(value);
        assertThat(ask("GET", PROJECT + "/api_keys", "", root).body())
                .contains("\"last_used_at\":null")
                .doesNotContain(value);
    }

    @Test
    void keyOfAServiceAccount_isNotDeletedButWithItsAccount() throws Exception {
        String id = openAi.account("x");
        SecretValue key = SecretValue.copyOf(openAi.valueOf(id).getBytes(UTF_8));

        assertThat(ask("DELETE", PROJECT + "/api_keys/key_000002", "", root).statusCode())
                .isEqualTo(400);
        assertThat(ask("GET", "/models", "", key).statusCode()).isEqualTo(200);
        String account = PROJECT + "/service_accounts/" + id;
        assertThat(ask("DELETE", account, "", root).statusCode()).isEqualTo(200);
        assertThat(ask("DELETE", account, "", root).statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/models", "", key).statusCode()).isEqualTo(401);
    }

    @Test
    void deletedKey_fadesOverTheDelay() throws Exception {
        openAi.fading(Duration.ofMinutes(3));
        String id = openAi.account("x");
        SecretValue key = SecretValue.copyOf(openAi.valueOf(id).getBytes(UTF_8));
        ask("DELETE", PROJECT + "/service_accounts/" + id, "", root);

        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            seen.add(ask("GET", "/models", "", key).statusCode());
        }
        assertThat(seen).containsExactlyInAnyOrder(200, 401);
        clock.advance(Duration.ofMinutes(3));
        for (int i = 0; i < 30; i++) {
            assertThat(ask("GET", "/models", "", key).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void keys_areHiddenByTheDefaultFilter() throws Exception {
        openAi.hidesKeys(true);
        openAi.account("x");

        assertThat(ask("GET", PROJECT + "/api_keys", "", root).body()).contains("\"data\":[]");
        assertThat(ask("GET", PROJECT + "/api_keys?owner_project_access=any", "", root)
                        .body())
                .contains("\"service_account\"");
    }

    @Test
    void list_comesInPages() throws Exception {
        for (int i = 0; i < 25; i++) {
            openAi.account("x" + i);
        }

        String first = ask("GET", PROJECT + "/service_accounts", "", root).body();
        assertThat(first).contains("\"has_more\":true", "\"name\":\"x19\"").doesNotContain("\"x20\"");
        String last = first.substring(first.indexOf("last_id\":\"") + 10, first.indexOf("\",\"has_more"));
        assertThat(ask("GET", PROJECT + "/service_accounts?after=" + last, "", root)
                        .body())
                .contains("\"has_more\":false", "\"x20\"", "\"x24\"")
                .doesNotContain("\"x19\"");
    }
}
