package dev.slipring.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.aws.AwsException.Kind;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class AwsRotatedSecretTest extends AwsRotationContract {
    private static final int TRIES = 3;

    private final FakeSecretsManager server = new FakeSecretsManager();

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Override
    protected SecretsManagerClient open() {
        return client(server.address(), FakeSecretsManager.ROOT);
    }

    @Override
    protected void outage(boolean out) {
        server.refuse(out ? "InternalServiceError" : "");
    }

    private static SecretsManagerClient client(URI address, String accessKey) {
        return SecretsManagerClient.builder()
                .endpointOverride(address)
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, "s")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(
                        options -> options.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(TRIES)
                                .backoffStrategy(BackoffStrategy.retryImmediately())
                                .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                                .build()))
                .build();
    }

    @Test
    void version_isReadOnce_howeverOftenIsLooked() {
        rotate(value("one"));
        finishSecret(createSecret("two"));
        try (ForeignSecret foreign = foreign()) {
            for (int i = 0; i < 10; i++) {
                assertThat(foreign.look().current()).isEqualTo(value("two"));
            }
            assertThat(server.requests("GetSecretValue")).isEqualTo(2);
            finishSecret(createSecret("three"));
            assertThat(foreign.look().before()).contains(value("two"));
            assertThat(server.requests("GetSecretValue")).isEqualTo(3);
        }
    }

    @Test
    void labelsThatMoveWhileValuesAreRead_areNeverMixed() {
        rotate(value("one"));
        server.before("GetSecretValue", () -> finishSecret(createSecret("two")));
        try (ForeignSecret foreign = foreign()) {
            assertThat(foreign.look().current()).isEqualTo(value("one"));
            assertThat(foreign.look().current()).isEqualTo(value("two"));
            assertThat(foreign.look().before()).contains(value("one"));
        }
    }

    @Test
    void currentVersionThatIsGoneBeforeItIsRead_isLookedForAnew() {
        rotate(value("one"));
        server.before("GetSecretValue", () -> {
            client().deleteSecret(request -> request.secretId(id).forceDeleteWithoutRecovery(true));
            rotate(value("two"));
        });
        assertThat(foreign().look().current()).isEqualTo(value("two"));
    }

    @Test
    void refusals_areToldByTheirKind_andShowNoValue() {
        rotate(value("hunter2"));
        ForeignSecret foreign = foreign();
        server.refuse("AccessDeniedException");
        assertFails(foreign, StoreUnavailableException.class, Kind.DENIED);
        server.refuse("UnrecognizedClientException");
        assertFails(foreign, StoreUnavailableException.class, Kind.DENIED);
        server.refuse("InternalServiceError");
        assertFails(foreign, StoreUnavailableException.class, Kind.UNAVAILABLE);
        server.refuse("");
        server.throttle(TRIES);
        assertFails(foreign, StoreUnavailableException.class, Kind.THROTTLED);
        server.throttle(TRIES - 1);
        assertThat(foreign.look().current()).isEqualTo(value("hunter2"));
        server.delete(id);
        assertFails(foreign, UnusableRecordException.class, Kind.UNUSABLE);
        server.restore(id);
        assertThat(foreign.look().current()).isEqualTo(value("hunter2"));
        try (SecretsManagerClient nobody = client(URI.create("http://127.0.0.1:1"), "k")) {
            assertFails(
                    AwsRotatedSecret.builder(nobody, id).build(), StoreUnavailableException.class, Kind.UNAVAILABLE);
        }
    }

    @Test
    void reader_withTwoRightsOnOneSecret_maySee() {
        rotate(value("one"));
        server.allow("READER", """
                {"Statement":[{"Action":["secretsmanager:DescribeSecret","secretsmanager:GetSecretValue"],
                 "Resource":["%s-??????"]}]}
                """.formatted(FakeSecretsManager.ARN + id));
        try (SecretsManagerClient reader = client(server.address(), "READER")) {
            assertThat(AwsRotatedSecret.builder(reader, id).build().look().current())
                    .isEqualTo(value("one"));
            assertFails(
                    AwsRotatedSecret.builder(reader, "prod/other").build(),
                    StoreUnavailableException.class,
                    Kind.DENIED);
        }
    }

    @Test
    void document_isReadByItsParser_andOneThatIsNone_isNamedWithoutBeingQuoted() {
        rotate(value("{hunter2}"));
        AwsRotatedSecret foreign = AwsRotatedSecret.builder(client(), id)
                .document(document -> {
                    String text = new String(document, UTF_8);
                    if (!text.startsWith("{")) {
                        throw new IllegalStateException(text);
                    }
                    return value(text.substring(1, text.length() - 1));
                })
                .build();
        assertThat(foreign.look().current()).isEqualTo(value("hunter2"));
        String pending = createSecret("hunter3");
        assertThat(foreign.look().next()).isEmpty();
        int requests = server.requests("GetSecretValue");
        assertThat(foreign.look().next()).isEmpty();
        assertThat(server.requests("GetSecretValue")).isEqualTo(requests);
        finishSecret(pending);
        assertThatThrownBy(foreign::look)
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining("version " + pending + " of " + id)
                .hasMessageNotContaining("hunter3")
                .hasNoCause();
    }

    @Test
    void close_wipesWhatWasSeen_andASightingStaysItsOwners() {
        rotate(value("one"));
        AwsRotatedSecret foreign = AwsRotatedSecret.builder(client(), id).build();
        SecretValue seen = foreign.look().current();
        foreign.close();
        assertThat(seen).isEqualTo(value("one"));
        assertThat(foreign.look().current()).isEqualTo(value("one"));
        assertThat(foreign.look().current()).isEqualTo(value("one"));
        assertThat(server.requests("GetSecretValue")).isEqualTo(3);
    }

    @Test
    void secret_isCalledByItsNameOrItsWholeAddress() {
        for (String legal : List.of("app", "rds!cluster-1/a_b+=.@", FakeSecretsManager.ARN + "prod/app-db-a1B2c3")) {
            assertThatCode(() -> AwsRotatedSecret.builder(client(), legal)).doesNotThrowAnyException();
        }
        for (String illegal : List.of("", "a b", "a:b", FakeSecretsManager.ARN + "app", "x".repeat(513))) {
            assertThatThrownBy(() -> AwsRotatedSecret.builder(client(), illegal))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void assertFails(ForeignSecret foreign, Class<? extends RuntimeException> type, Kind kind) {
        assertThatThrownBy(foreign::look)
                .isInstanceOf(type)
                .hasMessageNotContaining("hunter2")
                .cause()
                .isInstanceOfSatisfying(
                        AwsException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
