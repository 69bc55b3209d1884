package dev.slipring.aws;

import dev.slipring.contract.StoredSourceContract;
import dev.slipring.store.SecretStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** A store in AWS, of which only reading is asked here; an outage is one of the service's own. */
class AwsSourceTest extends StoredSourceContract {
    private final FakeSecretsManager server = new FakeSecretsManager();
    private final SecretsManagerClient client = SecretsManagerClient.builder()
            .endpointOverride(server.address())
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create(FakeSecretsManager.ROOT, "s")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(options -> options.apiCallTimeout(Duration.ofSeconds(120))
                    .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .backoffStrategy(BackoffStrategy.retryImmediately())
                            .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                            .build()))
            .build();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Override
    protected SecretStore store() {
        return AwsSecretStore.builder(client, "app").clock(clock).build();
    }

    @Override
    protected void outage(boolean out) {
        server.refuse(out ? "InternalServiceError" : "");
    }
}
