package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.Slipring;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.kek.TransitKeys;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import dev.slipring.vault.TransitClient;
import dev.slipring.vault.TransitIssuer;
import dev.slipring.vault.TransitKey;
import dev.slipring.vault.VaultClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table under a KEK that a transit engine holds: it rotates, the server is away for a while, the old version goes. */
@Timeout(300)
class TransitStoryTest {
    private static final SecretName KEK = SecretName.of("notes.kek");
    private static final TransitKey KEY = new TransitKey("transit", "notes");
    private static final Duration BUDGET = Duration.ofMinutes(40);

    private final ManualClock clock = Keks.clock();
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final FakeVault vault = new FakeVault();
    private final VaultClient client = vault.client().pause(length -> {}).build();
    private final TransitClient transit = TransitClient.of(client);
    private final Slipring slipring = Slipring.builder(store)
            .scheduler(scheduler)
            .ticker(clock)
            .replica("a")
            .build();
    private final Map<Integer, byte[]> table = new TreeMap<>();
    private final RotatingSecret ring = slipring.secret(
            KEK.value(),
            TransitIssuer.of(transit, KEY, store),
            RotationPolicy.encryptionKeys(Duration.ofDays(180)),
            (secret, version) -> OptionalLong.of(count(version)));
    private final EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring, TransitKeys.of(transit))
            .keySupply(KeySupply.standard().outageBudget(BUDGET))
            .ticker(clock)
            .build();

    @AfterEach
    void close() {
        encryptor.close();
        slipring.close();
        client.close();
        vault.close();
    }

    @Test
    void kek_rotatesAndOutlivesAnOutage_andTheOldVersionEnds() {
        assertThat(names()).containsExactly("transit/notes#1");
        write(1);
        write(2);

        // Rotated: new rows are under the second version of the transit key, the old ones open and follow.
        slipring.rotate(KEK.value(), "anna", "drill");
        pass(Duration.ofMinutes(25));
        assertThat(names()).containsExactly("transit/notes#1", "transit/notes#2");
        write(3);
        assertThat(version(1)).isEqualTo(1);
        assertThat(version(3)).isEqualTo(2);
        everyRowOpens();
        table.replaceAll((id, row) -> encryptor.rewrap(row).bytes());
        assertThat(table.keySet()).allSatisfy(id -> assertThat(version(id)).isEqualTo(2));

        // The server goes away just before the next data key is due: known rows open and new ones are written for
        // the outage budget, then nothing is written that nobody could open.
        encryptor.dropKeys();
        everyRowOpens();
        write(4);
        assertThat(encryptor.dataKeys().outageBudget()).isEqualTo(BUDGET);
        clock.advance(Duration.ofMinutes(20).minusNanos(1));
        write(5);
        everyRowOpens();
        vault.down(true);
        for (int minute = 0; minute < 40; minute++) {
            write(100 + minute);
            everyRowOpens();
            clock.advance(Duration.ofMinutes(1));
        }
        write(6);
        assertThat(encryptor.dataKeys().lasting()).isEqualTo(Duration.ofNanos(1));
        clock.advance(Duration.ofNanos(1));
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> write(7));
        vault.down(false);
        write(7);
        everyRowOpens();

        // Nothing needs the old version any more, here and then at the server.
        pass(Duration.ofDays(4));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(transit.status(KEY).minDecryptionVersion()).isEqualTo(2);
        encryptor.dropKeys();
        everyRowOpens();
    }

    @Test
    void versionRevokedBeforeAnOlderOne_endsAtTheServerWithIt() {
        write(1);
        rotate();
        rotate();
        assertThat(names()).hasSize(3);
        slipring.command(KEK.value(), new Command.Hold(1, "anna", "an audit"));
        write(3);
        pass(Duration.ofDays(4));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        assertThat(state(2)).isEqualTo(VersionState.REVOKED);
        assertThat(transit.status(KEY).minDecryptionVersion()).isEqualTo(1);

        slipring.command(KEK.value(), new Command.Release(1, "anna", "audited"));
        table.replaceAll((id, row) -> encryptor.rewrap(row).bytes());
        pass(Duration.ofDays(4));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(transit.status(KEY).minDecryptionVersion()).isEqualTo(3);
        everyRowOpens();
    }

    @Test
    void replyToARotationLost_isTakenUpByTheNextAttempt() {
        vault.losingRotations(1);
        assertThatExceptionOfType(IssuerException.class)
                .isThrownBy(() -> slipring.rotate(KEK.value(), "anna", "drill"))
                .withMessageContaining("transit/keys/notes/rotate");
        pass(Duration.ofDays(1));
        assertThat(names()).containsExactly("transit/notes#1", "transit/notes#2");
        assertThat(state(2)).isEqualTo(VersionState.PRIMARY);
        assertThat(transit.status(KEY).latestVersion()).isEqualTo(2);
    }

    private void rotate() {
        slipring.rotate(KEK.value(), "anna", "drill");
        pass(Duration.ofDays(2));
    }

    private void pass(Duration time) {
        scheduler.advance(time);
    }

    private void write(int id) {
        table.put(id, encryptor.encrypt(bytes(id), note(id)));
    }

    private void everyRowOpens() {
        assertThat(table)
                .allSatisfy((id, row) ->
                        assertThat(encryptor.decrypt(row, note(id))).isEqualTo(bytes(id)));
    }

    private int version(int id) {
        return encryptor.checkedHeader(table.get(id)).kekVersion();
    }

    private long count(int version) {
        return table.values().stream()
                .filter(row -> EnvelopeHeader.read(row).kekVersion() == version)
                .count();
    }

    private List<String> names() {
        return versions().stream().map(v -> v.attributes().get("transit")).toList();
    }

    private VersionState state(int version) {
        return versions().get(version - 1).state();
    }

    private List<SecretVersion> versions() {
        return store.read(KEK).record().orElseThrow().versions();
    }

    private static Context note(int id) {
        return Context.of("table", "notes", "id", Integer.toString(id));
    }

    private static byte[] bytes(int id) {
        return ("note " + id).getBytes(StandardCharsets.UTF_8);
    }
}
