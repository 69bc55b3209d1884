package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.aws.AwsSecretStore;
import dev.slipring.aws.FakeSecretsManager;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** Commands on a store in a double of AWS Secrets Manager, which the SDK's own settings name. */
class AwsStoreCommandsTest extends StoreCommandsContract {
    private static final String SECRET = "secret-access-key-4711";

    private final FakeSecretsManager server = new FakeSecretsManager();
    private final Map<String, String> settings = Map.of(
            "aws.endpointUrl",
            server.address().toString(),
            "aws.region",
            "eu-central-1",
            "aws.secretAccessKey",
            SECRET);

    @AfterEach
    void close() {
        settings.keySet().forEach(System::clearProperty);
        System.clearProperty("aws.accessKeyId");
        server.close();
    }

    @Override
    void open() {
        settings.forEach(System::setProperty);
        System.setProperty("aws.accessKeyId", FakeSecretsManager.ROOT);
        shell.environment.put("SLIPRING_STORE", "aws");
        shell.environment.put("SLIPRING_PREFIX", "app");
    }

    @Override
    void readOnly() {
        try (SecretsManagerClient client = SecretsManagerClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            AwsSecretStore store = AwsSecretStore.builder(client, "app").build();
            server.allow(
                    "READER", store.policies(Set.of(COOKIE), "123456789012").reader());
        }
        System.setProperty("aws.accessKeyId", "READER");
    }

    @Override
    void goAway() {
        server.close();
    }

    @Override
    Set<String> credentials() {
        return Set.of(SECRET);
    }

    @Test
    void accessKey_thatNobodyKnows_isToldSo() {
        System.setProperty("aws.accessKeyId", "STRANGER");

        failsOnOneLine("status");
        assertThat(run("status").err()).contains("The security token included in the request is invalid");
    }
}
