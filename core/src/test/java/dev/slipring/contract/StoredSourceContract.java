package dev.slipring.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretSource;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.FaultInjectingStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store promises to those who only read it; what it promises to writers is in {@link SecretStoreContract}. */
public abstract class StoredSourceContract extends SourceContract {
    /** An instance on the one place of this test, whose time is {@link #clock}. */
    protected abstract SecretStore store() throws Exception;

    @Override
    protected final SecretSource holding(SecretValue value) throws Exception {
        SecretStore store = store();
        store.putValueIfAbsent(NAME, 1, value).wipe();
        store.compareAndSet(
                SecretRecord.first(NAME, new Rotation("r1", 1, TIMING), version(1, VersionState.PRIMARY), 0), window());
        return store;
    }

    @Test
    void record_thatReadersSeeLate_isSeenAfterTheLagAndNeverTornFromItsValues() throws Exception {
        holding(value("one"));
        Duration lag = TIMING.get(TimingParameter.LAG);
        FaultInjectingStore lagging = FaultInjectingStore.around(store(), clock);
        lagging.lag(lag);
        try (RotatingSecret secret = reader(lagging)) {
            Keyring before = secret.keyring();
            SecretRecord record = lagging.read(NAME).record().orElseThrow();
            lagging.putValueIfAbsent(NAME, 2, value("two")).wipe();
            assertThat(lagging.compareAndSet(
                            record.then(Phase.PUBLISHED).plus(version(2, VersionState.PUBLISHED)), window()))
                    .isTrue();
            clock.advance(lag.minusNanos(1));
            assertThat(secret.refresh().edition()).isEqualTo(before.edition());
            clock.advance(Duration.ofNanos(1));
            Keyring after = secret.refresh();
            assertThat(after.edition()).isGreaterThan(before.edition());
            assertThat(after.primary().value()).isEqualTo(value("one"));
            assertThat(after.accepted(2).orElseThrow().value()).isEqualTo(value("two"));
        }
    }

    private WriteWindow window() {
        return WriteWindow.open(clock, Duration.ofSeconds(5));
    }

    private static SecretVersion version(int number, VersionState state) {
        return SecretVersion.staged(number, new SecretVersion.Origin("r" + number, number, 1), Optional.empty())
                .in(state)
                .valued("00", Map.of());
    }
}
