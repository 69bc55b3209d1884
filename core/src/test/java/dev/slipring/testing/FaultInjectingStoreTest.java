package dev.slipring.testing;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.contract.SecretStoreContract;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Passing everything on, it is a store like any other; then its faults. */
class FaultInjectingStoreTest extends SecretStoreContract {
    private static final Duration LAG = Duration.ofSeconds(10);

    private final InMemorySecretStore real = InMemorySecretStore.create(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(real, clock);

    @Override
    protected SecretStore open() {
        return FaultInjectingStore.around(real, clock);
    }

    @Test
    void lag_changedRecord_isShownOnlyAfterTheLag() {
        write(1);
        assertThat(epoch(store)).isEqualTo(1);
        store.lag(LAG);
        clock.advance(Duration.ofSeconds(60));
        write(2);
        assertThat(epoch(store)).isEqualTo(1);
        clock.advance(LAG.minusNanos(1));
        assertThat(epoch(store)).isEqualTo(1);
        clock.advance(Duration.ofNanos(1));
        assertThat(epoch(store)).isEqualTo(2);
    }

    @Test
    void lag_severalChanges_areShownOneByOne() {
        write(1);
        store.read(NAME);
        store.lag(LAG);
        List<Long> shown = new ArrayList<>();
        for (int second = 0; second < 20; second++) {
            if (second < 6) {
                write(second + 2);
            }
            shown.add(epoch(store));
            clock.advance(Duration.ofSeconds(1));
        }
        // epoch n was written at second n - 2
        assertThat(shown)
                .containsExactly(1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 7L, 7L, 7L, 7L);
    }

    @Test
    void lag_newSecret_isUnknownUntilTheLagIsOver() {
        store.lag(LAG);
        store.read(NAME);
        write(1);
        assertThat(store.read(NAME).record()).isEmpty();
        clock.advance(LAG);
        assertThat(store.read(NAME).record()).contains(at(1, "x"));
    }

    @Test
    void lag_ofAViewBesideTheWriter_countsFromTheWriteAndNotFromTheFirstRead() {
        FaultInjectingStore reader = store.beside();
        reader.lag(LAG);
        write(store, 1);
        clock.advance(LAG);
        write(store, 2);
        clock.advance(LAG.minusNanos(1));
        assertThat(epoch(reader)).isEqualTo(1);
        clock.advance(Duration.ofNanos(1));
        assertThat(epoch(reader)).isEqualTo(2);
    }

    @Test
    void faults_ofOneView_areNotThoseOfTheViewBeside() {
        FaultInjectingStore other = store.beside();
        write(store, 1);
        other.down(true);
        other.lag(LAG);
        clock.advance(LAG);
        write(store, 2);
        assertThat(epoch(store)).isEqualTo(2);
        assertThatThrownBy(() -> other.read(NAME)).isInstanceOf(StoreUnavailableException.class);
        other.down(false);
        assertThat(epoch(other)).isEqualTo(1);
    }

    @Test
    void lag_ofTheRecord_delaysNeitherTheTimeNorValues() {
        write(1);
        store.read(NAME);
        store.lag(LAG);
        clock.advance(Duration.ofSeconds(3));
        write(2);
        real.putValueIfAbsent(NAME, 1, value("v"));
        Reading reading = store.read(NAME);
        assertThat(reading.storeNow()).isEqualTo(clock.instant());
        assertThat(reading.record()).contains(at(1, "x"));
        assertThat(store.value(NAME, 1)).contains(value("v"));
    }

    @Test
    void lag_writeBasedOnAnOldRecord_isJudgedByThePresentOne() {
        write(1);
        store.read(NAME);
        store.lag(LAG);
        write(2);
        assertThat(epoch(store)).isEqualTo(1);
        assertThat(store.compareAndSet(at(2, "behind"), window())).isFalse();
        assertThat(store.compareAndSet(at(3, "ahead"), window())).isTrue();
    }

    @Test
    void lag_ofOneWrapper_leavesTheOthersAlone() {
        FaultInjectingStore other = FaultInjectingStore.around(real, clock);
        write(1);
        store.read(NAME);
        store.lag(LAG);
        write(2);
        assertThat(epoch(store)).isEqualTo(1);
        assertThat(epoch(other)).isEqualTo(2);
    }

    @Test
    void lag_takenBack_showsThePresentAtOnce() {
        write(1);
        store.read(NAME);
        store.lag(LAG);
        write(2);
        assertThat(epoch(store)).isEqualTo(1);
        store.lag(Duration.ZERO);
        assertThat(epoch(store)).isEqualTo(2);
    }

    @Test
    void lag_negative_isRefused() {
        assertThatThrownBy(() -> store.lag(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lag_onFaultyStore_isNeverLongerThanTold() {
        store.lag(LAG);
        write(store, 1);
        for (int epoch = 2; epoch < 10; epoch++) {
            write(store, epoch); // seen by this wrapper as it passes through
            clock.advance(LAG);
            assertThat(epoch(store)).isEqualTo(epoch);
        }
    }

    @Test
    void loseReplies_writes_takeEffectAllTheSame() {
        store.loseReplies(3);
        assertUnavailable(() -> store.compareAndSet(at(1, "x"), window()));
        assertUnavailable(() -> store.putValueIfAbsent(NAME, 1, value("v")));
        assertThat(real.read(NAME).record()).contains(at(1, "x"));
        assertThat(real.value(NAME, 1)).contains(value("v"));
        assertUnavailable(() -> store.eraseValue(NAME, 1));
        assertThat(real.value(NAME, 1)).isEmpty();
        assertThat(store.compareAndSet(at(2, "x"), window())).isTrue(); // three were lost, no more
    }

    @Test
    void loseReplies_reads_areAnswered() {
        store.loseReplies(1);
        assertThat(store.read(NAME).record()).isEmpty();
        assertThat(store.value(NAME, 1)).isEmpty();
        assertThat(store.names()).isEmpty();
        assertThat(store.installationKey()).isEqualTo(real.installationKey());
        assertUnavailable(() -> store.compareAndSet(at(1, "x"), window()));
    }

    @Test
    void down_everyCall_failsAndChangesNothing() {
        write(1);
        real.putValueIfAbsent(NAME, 1, value("v"));
        store.down(true);
        assertUnavailable(() -> store.read(NAME));
        assertUnavailable(() -> store.value(NAME, 1));
        assertUnavailable(() -> store.compareAndSet(at(2, "y"), window()));
        assertUnavailable(() -> store.putValueIfAbsent(NAME, 2, value("w")));
        assertUnavailable(() -> store.eraseValue(NAME, 1));
        assertUnavailable(store::names);
        assertUnavailable(store::installationKey);
        assertThat(store.calls()).isEqualTo(7);
        store.down(false);
        assertThat(epoch(store)).isEqualTo(1);
        assertThat(store.value(NAME, 1)).contains(value("v"));
        assertThat(store.value(NAME, 2)).isEmpty();
        assertThat(store.calls()).isEqualTo(10);
    }

    private void write(long epoch) {
        write(real, epoch);
    }

    private void write(SecretStore to, long epoch) {
        assertThat(to.compareAndSet(at(epoch, "x"), window())).isTrue();
    }

    private static long epoch(SecretStore from) {
        return from.read(NAME).record().orElseThrow().epoch();
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("injected");
    }
}
