package dev.slipring.aws;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.SecretStoreContract;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.UnusableRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Against ministack, which keeps labels as the service does. By itself it takes another content for a client token that
 * is in use, so that nobody wins a race there; the one that {@code .ci/aws-emulators DIR} starts has this put right.
 * {@code -Dslipring.aws=DIR/servers.properties} names it; without that the tests are skipped, unless {@code
 * -Drequire.aws=true} makes that a failure.
 */
class LiveAwsSecretStoreTest extends SecretStoreContract {
    private static AwsEmulators emulators;

    private final String prefix = "app-" + UUID.randomUUID();
    private final List<SecretsManagerClient> clients = new ArrayList<>();

    @BeforeAll
    static void needsAnEmulator() {
        emulators = AwsEmulators.found();
    }

    @AfterEach
    void close() {
        clients.forEach(SecretsManagerClient::close);
    }

    @Override
    protected SecretStore open() {
        return AwsSecretStore.builder(client(), prefix).clock(clock).build();
    }

    @Override
    protected int epochs() {
        return 30;
    }

    @Override
    protected int versions() {
        return 17;
    }

    @Override
    protected boolean arbitrates() {
        return emulators.arbitrates();
    }

    @Override
    protected boolean keepsReports() {
        return false;
    }

    @Override
    protected boolean replaces() {
        return false;
    }

    private SecretsManagerClient client() {
        SecretsManagerClient client = emulators.client("ministack", "test", "test");
        clients.add(client);
        return client;
    }

    @Test
    void storeNow_isTheServersTime() {
        Instant before = Instant.now().minusSeconds(1);
        assertThat(AwsSecretStore.builder(client(), prefix).build().read(NAME).storeNow())
                .isBetween(before, Instant.now());
    }

    @Test
    void plainReader_seesThePrimary_andAfterARollbackTheFormer() {
        SecretStore store = open();
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.compareAndSet(primary(1, 1), window());
        store.reconcile(NAME);
        assertThat(plain("AWSCURRENT")).isEqualTo("one");
        store.putValueIfAbsent(NAME, 2, value("two"));
        assertThat(plain("AWSCURRENT")).isEqualTo("one");
        assertThat(plain("AWSPENDING")).isEqualTo("two");
        store.compareAndSet(primary(2, 2), window());
        store.reconcile(NAME);
        assertThat(plain("AWSCURRENT")).isEqualTo("two");
        assertThat(plain("AWSPREVIOUS")).isEqualTo("one");
        store.compareAndSet(primary(3, 1), window());
        store.reconcile(NAME);
        assertThat(plain("AWSCURRENT")).isEqualTo("one");
        assertThat(store.value(NAME, 2)).contains(value("two"));
        store.eraseValue(NAME, 2);
        assertThat(store.value(NAME, 2)).isEmpty();
    }

    @Test
    void record_scheduledForDeletion_isNamedUntilItIsRestored() {
        SecretStore store = open();
        store.compareAndSet(at(1, "a"), window());
        String record = prefix + "/" + NAME + "/slipring-record";
        client().deleteSecret(request -> request.secretId(record).recoveryWindowInDays(7L));
        assertThatThrownBy(() -> store.read(NAME))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining(record);
        assertThat(store.names()).isEmpty();
        client().restoreSecret(request -> request.secretId(record));
        assertThat(store.read(NAME).record()).contains(at(1, "a"));
    }

    private String plain(String label) {
        return client().getSecretValue(
                        request -> request.secretId(prefix + "/" + NAME).versionStage(label))
                .secretString();
    }

    private static SecretRecord primary(long epoch, int number) {
        SecretRecord record = at(epoch, "p");
        SecretVersion only = record.versions().get(0);
        return number == 1
                ? record
                : record.with(1, v -> v.in(VersionState.RETIRING))
                        .plus(SecretVersion.staged(number, only.origin(), only.slot())
                                .in(VersionState.PRIMARY));
    }
}
