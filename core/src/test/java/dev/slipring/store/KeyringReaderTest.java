package dev.slipring.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.Records;
import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyringReaderTest {
    private final ManualClock clock = ManualClock.at(Records.START);
    private final InMemorySecretStore real = InMemorySecretStore.create(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(real, clock);
    private final KeyringReader reader = KeyringReader.of(store, NAME);

    @Test
    void load_unknownSecret_isUnusableByName() {
        assertThatThrownBy(() -> reader.load(null))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining("secret orders.db-login does not exist");
        assertThat(real.names()).isEmpty();
    }

    @Test
    void load_firstTime_readsRecordAndValue() {
        Keyring ring = first();
        assertThat(ring.primary().value()).isEqualTo(value(1));
        assertThat(ring.asOf()).isEqualTo(Records.START);
        assertThat(ring.edition()).isEqualTo(at(1, "a").edition());
        assertThat(store.calls()).isEqualTo(2);
    }

    @Test
    void latest_isTheNewestRecordThatWasRead_whateverIsReadLater() {
        assertThat(reader.latest()).isEmpty();
        Keyring ring = first();
        assertThat(reader.latest()).contains(new Reading(Optional.of(at(1, "a")), Records.START));
        clock.advance(Duration.ofSeconds(60));
        reader.load(ring);
        assertThat(reader.latest().orElseThrow().storeNow()).isEqualTo(clock.instant());
        assertThat(store.calls()).isEqualTo(3);

        put(at(1, "a").then(Phase.IDLE), 1);
        List<SecretRecord> answers = new ArrayList<>(List.of(at(1, "a").then(Phase.IDLE), at(1, "a")));
        KeyringReader lagging = KeyringReader.of(
                new SecretSource() {
                    @Override
                    public Reading read(SecretName secret) {
                        return new Reading(Optional.of(answers.remove(0)), clock.instant());
                    }

                    @Override
                    public Optional<SecretValue> value(SecretName secret, int version) {
                        return real.value(secret, version);
                    }
                },
                NAME);
        lagging.load(null);
        lagging.load(null);
        assertThat(lagging.latest().orElseThrow().record().orElseThrow().epoch())
                .isEqualTo(2);
    }

    @Test
    void load_unchangedRecord_readsNoValueAndConfirmsTheSnapshot() {
        Keyring ring = first();
        clock.advance(Duration.ofSeconds(60));
        Keyring again = reader.load(ring);
        assertThat(again.primary().value()).isSameAs(ring.primary().value());
        assertThat(again.asOf()).isEqualTo(clock.instant());
        assertThat(store.calls()).isEqualTo(3);
    }

    @Test
    void load_newVersion_readsItsValueOnlyAndSharesTheRest() {
        Keyring ring = first();
        put(at(1, "a").then(Phase.PUBLISHED).plus(published(2)), 2);
        Keyring next = reader.load(ring);
        assertThat(next.accepted()).hasSize(2);
        assertThat(next.primary().value()).isSameAs(ring.primary().value());
        assertThat(next.accepted(2))
                .hasValueSatisfying(v -> assertThat(v.value()).isEqualTo(value(2)));
        assertThat(store.calls()).isEqualTo(4);
    }

    @Test
    void load_versionWithAnotherFingerprint_isReadAgain() {
        Keyring ring = first();
        put(at(1, "a").then(Phase.IDLE).with(1, v -> v.valued("ff", Map.of())), 1);
        assertThat(reader.load(ring).primary().value())
                .isEqualTo(value(1))
                .isNotSameAs(ring.primary().value());
    }

    @Test
    void load_valueMissing_isUnusableByVersionAndWipesWhatItRead() {
        Keyring ring = first();
        put(at(1, "a").then(Phase.PUBLISHED).plus(published(2)).plus(published(3)), 2);
        List<SecretValue> handedOut = new ArrayList<>();
        SecretSource spying = new SecretSource() {
            @Override
            public Reading read(SecretName secret) {
                return store.read(secret);
            }

            @Override
            public Optional<SecretValue> value(SecretName secret, int version) {
                Optional<SecretValue> value = store.value(secret, version);
                value.ifPresent(handedOut::add);
                return value;
            }
        };
        assertThatThrownBy(() -> KeyringReader.of(spying, NAME).load(ring))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining("version 3 is PUBLISHED but its value is missing");
        assertThat(handedOut)
                .singleElement()
                .satisfies(value -> assertThatThrownBy(value::copyBytes).isInstanceOf(IllegalStateException.class));
        assertThat(ring.primary().value()).isEqualTo(value(1)); // shared ones stay
    }

    @Test
    void load_storeDown_saysSo() {
        Keyring ring = first();
        store.down(true);
        assertThatThrownBy(() -> reader.load(ring)).isInstanceOf(StoreUnavailableException.class);
    }

    private Keyring first() {
        put(at(1, "a"), 1);
        return reader.load(null);
    }

    private void put(SecretRecord record, int version) {
        real.putValueIfAbsent(NAME, version, value(version));
        assertThat(real.compareAndSet(record, WriteWindow.open(clock, Duration.ofSeconds(5))))
                .isTrue();
    }

    private static SecretVersion published(int number) {
        return SecretVersion.staged(number, new SecretVersion.Origin("r2", 2, 1), Optional.empty())
                .in(VersionState.PUBLISHED);
    }

    private static SecretValue value(int number) {
        return SecretValue.copyOf(new byte[] {1, 2, (byte) number});
    }
}
