package dev.slipring.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.FaultInjectingStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every store promises to those who only read it; what it promises to writers is in {@link SecretStoreContract}. */
public abstract class StoredSourceContract extends SourceContract {
    /** An instance on the one place of this test, whose time is {@link #clock}. */
    protected abstract SecretStore store() throws Exception;

    /** Takes this place away as it can go away, with what it holds, and gives it back. */
    protected abstract void outage(boolean out) throws Exception;

    @Override
    protected final SecretSource holding(SecretValue value) throws Exception {
        SecretStore store = store();
        store.putValueIfAbsent(NAME, 1, value).wipe();
        store.compareAndSet(first(), window());
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

    @Test
    void placeThatIsAway_isNeverTakenForEmpty_andTheLastGoodKeyringStaysInUse() throws Exception {
        SecretStore store = store();
        try (RotatingSecret secret = reader(holding(value("one")))) {
            Keyring before = secret.keyring();
            SecretRecord record = store.read(NAME).record().orElseThrow();
            SecretRecord next = record.then(Phase.PUBLISHED).plus(version(2, VersionState.PUBLISHED));
            outage(true);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> store.read(NAME),
                    () -> store.value(NAME, 1),
                    store::names,
                    () -> store.compareAndSet(next, window()),
                    () -> store.compareAndSet(first(), window()),
                    () -> store.putValueIfAbsent(NAME, 2, value("two")),
                    () -> store.eraseValue(NAME, 1))) {
                assertThatThrownBy(call).isInstanceOf(StoreUnavailableException.class);
            }
            scheduler.advance(TIMING.get(TimingParameter.STALENESS).plus(TIMING.get(TimingParameter.REFRESH)));
            assertThat(secret.stale()).isTrue();
            assertThat(secret.keyring()).isSameAs(before);
            outage(false);
            store.putValueIfAbsent(NAME, 2, value("two")).wipe();
            assertThat(store.compareAndSet(next, window())).isTrue();
            scheduler.advance(TIMING.get(TimingParameter.REFRESH));
            assertThat(secret.stale()).isFalse();
            assertThat(secret.keyring().accepted(2).orElseThrow().value()).isEqualTo(value("two"));
        }
    }

    private static SecretRecord first() {
        return SecretRecord.first(NAME, new Rotation("r1", 1, TIMING), version(1, VersionState.PRIMARY), 0);
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
