package dev.slipring.aws;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.ForeignSecretContract;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.ForeignSecret;
import dev.slipring.store.Sighting;
import dev.slipring.store.StoreUnavailableException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

/** What a secret that AWS rotates shows, whoever plays AWS: the four steps of its rotation are taken here by hand. */
abstract class AwsRotationContract extends ForeignSecretContract {
    protected final String id = "prod/app-db-" + UUID.randomUUID();
    private SecretsManagerClient client;

    /** A client that may do everything; closed after the test. */
    protected abstract SecretsManagerClient open();

    @AfterEach
    void closeClient() {
        if (client != null) {
            client.close();
        }
    }

    protected final SecretsManagerClient client() {
        if (client == null) {
            client = open();
        }
        return client;
    }

    @Override
    protected ForeignSecret foreign() {
        return AwsRotatedSecret.builder(client(), id).build();
    }

    @Override
    protected void rotate(SecretValue value) {
        String text = text(value);
        try {
            client().putSecretValue(
                            request -> request.secretId(id).secretString(text).clientRequestToken(token()));
        } catch (ResourceNotFoundException e) {
            client().createSecret(request -> request.name(id).secretString(text).clientRequestToken(token()));
        }
    }

    @Override
    protected void outage(boolean out) {
        if (out) {
            client().deleteSecret(request -> request.secretId(id).forceDeleteWithoutRecovery(true));
        } else {
            rotate(value("first"));
        }
    }

    @Test
    void fourSteps_ofARotation_areFollowedByTheirLabels() throws Exception {
        try (RotatingSecret secret = reader(holding(value("one")))) {
            String pending = createSecret("two");
            assertThat(secret.refresh().primary().value()).isEqualTo(value("one"));
            assertThat(secret.keyring().accepted(2).orElseThrow().version().state())
                    .isEqualTo(VersionState.PUBLISHED);
            assertThat(secret.keyring().accepted(2).orElseThrow().value()).isEqualTo(value("two"));
            finishSecret(pending);
            assertThat(secret.refresh().primary().number()).isEqualTo(2);
            assertThat(secret.keyring().accepted(1).orElseThrow().version().state())
                    .isEqualTo(VersionState.RETIRING);
            assertThat(secret.keyring().versions()).hasSize(2);
            assertThat(secret.refresh().edition()).isEqualTo(secret.keyring().edition());
        }
    }

    @Test
    void readerThatStartsAfterARotation_acceptsThePreviousValue() throws Exception {
        rotate(value("one"));
        finishSecret(createSecret("two"));
        try (ForeignSecret foreign = foreign()) {
            Sighting seen = foreign.look();
            assertThat(seen.current()).isEqualTo(value("two"));
            assertThat(seen.before()).contains(value("one"));
            assertThat(seen.next()).isEmpty();
        }
    }

    @Test
    void pendingValue_thatIsLeftOut_isSeenOnceItIsCurrent() {
        rotate(value("one"));
        try (AwsRotatedSecret foreign =
                AwsRotatedSecret.builder(client(), id).withoutPending().build()) {
            String pending = createSecret("two");
            assertThat(foreign.look().next()).isEmpty();
            finishSecret(pending);
            assertThat(foreign.look().current()).isEqualTo(value("two"));
        }
    }

    @Test
    void bytes_thatAreNoText_areSeenAsTheyAre() {
        byte[] bytes = {0, -1, 13, 10, -2};
        client().createSecret(request ->
                request.name(id).secretBinary(SdkBytes.fromByteArray(bytes)).clientRequestToken(token()));
        assertThat(foreign().look().current()).isEqualTo(SecretValue.copyOf(bytes));
    }

    @Test
    void secret_thatIsMissing_isToldByItsKind() {
        assertThatThrownBy(() -> foreign().look())
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(id + " in eu-central-1")
                .cause()
                .isInstanceOfSatisfying(
                        AwsException.class, e -> assertThat(e.kind()).isEqualTo(AwsException.Kind.NOT_FOUND));
    }

    /** The first step: the value exists, and works nowhere yet. */
    protected final String createSecret(String text) {
        String token = token();
        client().putSecretValue(request -> request.secretId(id)
                .clientRequestToken(token)
                .secretString(text)
                .versionStages(SecretIds.PENDING));
        return token;
    }

    /** The last step: the label moves, and the one before follows it. */
    protected final void finishSecret(String token) {
        String before = StagedValues.holder(
                client().describeSecret(request -> request.secretId(id)).versionIdsToStages(), SecretIds.CURRENT);
        client().updateSecretVersionStage(request -> request.secretId(id)
                .versionStage(SecretIds.CURRENT)
                .moveToVersionId(token)
                .removeFromVersionId(before));
    }

    private static String token() {
        return UUID.randomUUID().toString();
    }

    private static String text(SecretValue value) {
        return value.reveal(bytes -> new String(bytes, US_ASCII));
    }
}
