package dev.slipring.keyring;

import static dev.slipring.keyring.Keyrings.NAME;
import static dev.slipring.keyring.Keyrings.START;
import static dev.slipring.keyring.Keyrings.edition;
import static dev.slipring.keyring.Keyrings.value;
import static dev.slipring.keyring.Keyrings.versions;
import static dev.slipring.keyring.VersionState.PRIMARY;
import static dev.slipring.keyring.VersionState.RETIRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a replica says of itself: how far its users have come, what they produced with, and when they may not. */
@Timeout(60)
class AttendanceTest {
    private static final Duration R = FakeSecret.timing().get(TimingParameter.REFRESH);
    private static final Duration L = FakeSecret.timing().get(TimingParameter.STALENESS);
    private static final Duration A = FakeSecret.timing().get(TimingParameter.ADOPTION);
    private static final Duration NANO = Duration.ofNanos(1);

    private final ManualClock clock = ManualClock.at(START);
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final List<ReplicaReport> told = new ArrayList<>();
    private long incarnation = 1;
    private long epoch = 1;
    private boolean down;
    private Duration readTime = Duration.ZERO;
    private Consumer<ReplicaReport> sink = told::add;

    // ---- what is acknowledged

    @Test
    void firstView_isTakenUpAtOnce() {
        epoch = 7;
        build();
        assertThat(told).hasSize(1);
        assertThat(last().replica()).isEqualTo("replica-1");
        assertThat(last().hasTakenUp(1, 7)).isTrue();
        assertThat(last().hasTakenUp(1, 8)).isFalse();
    }

    @Test
    void newRecord_isAcknowledgedOnlyAfterItWasInForceForTheAdoptionTime() {
        RotatingSecret secret = build();
        epoch = 2;
        assertThat(acknowledged(secret)).isEqualTo(1);
        clock.advance(A.minus(NANO));
        assertThat(acknowledged(secret)).isEqualTo(1);
        clock.advance(NANO);
        assertThat(acknowledged(secret)).isEqualTo(2);
    }

    @Test
    void slowRead_countsAsInForceFromItsEnd() {
        RotatingSecret secret = build();
        epoch = 2;
        sink = report -> {
            told.add(report);
            clock.advance(A.minus(NANO)); // telling takes time, but the view is in force already
        };
        secret.refresh();
        assertThat(acknowledged(secret)).isEqualTo(1);
        assertThat(acknowledged(secret)).isEqualTo(2);
    }

    @Test
    void recordsInQuickSuccession_areAcknowledgedEachInItsTime() {
        RotatingSecret secret = build();
        for (epoch = 2; epoch <= 4; epoch++) {
            secret.refresh();
            clock.advance(A.dividedBy(3));
        }
        epoch = 4;
        assertThat(acknowledged(secret)).isEqualTo(2);
        clock.advance(A.dividedBy(3));
        assertThat(acknowledged(secret)).isEqualTo(3);
        clock.advance(A.dividedBy(3));
        assertThat(acknowledged(secret)).isEqualTo(4);
    }

    @Test
    void acknowledgement_isWithheldAsLongAsAUserSaysNo() {
        RotatingSecret secret = build();
        AtomicBoolean settled = new AtomicBoolean();
        secret.acknowledgeWhen(settled::get);
        epoch = 2;
        secret.refresh();
        clock.advance(A.multipliedBy(1000));
        assertThat(acknowledged(secret)).isEqualTo(1);
        settled.set(true);
        assertThat(acknowledged(secret)).isEqualTo(2);
        settled.set(false);
        assertThat(acknowledged(secret)).isEqualTo(2); // nothing new to take up, and nothing is taken back
        epoch = 3;
        secret.refresh();
        clock.advance(A);
        assertThat(acknowledged(secret)).isEqualTo(2);
    }

    @Test
    void user_isNotAskedBeforeTheAdoptionTimeHasPassed() {
        RotatingSecret secret = build();
        AtomicInteger asked = new AtomicInteger();
        secret.acknowledgeWhen(() -> asked.incrementAndGet() > 0);
        epoch = 2;
        secret.refresh();
        clock.advance(A.minus(NANO));
        secret.refresh();
        assertThat(asked).hasValue(0);
    }

    @Test
    void severalUsers_eachMayWithhold() {
        RotatingSecret secret = build();
        AtomicBoolean first = new AtomicBoolean();
        AtomicBoolean second = new AtomicBoolean(true);
        secret.acknowledgeWhen(first::get);
        RotatingSecret.Subscription withholding = secret.acknowledgeWhen(second::get);
        epoch = 2;
        secret.refresh();
        clock.advance(A);
        assertThat(acknowledged(secret)).isEqualTo(1);
        first.set(true);
        second.set(false);
        assertThat(acknowledged(secret)).isEqualTo(1);
        withholding.close();
        assertThat(acknowledged(secret)).isEqualTo(2);
    }

    @Test
    void subscription_closedTwice_leavesTheOthersOfTheSameSupplier() {
        RotatingSecret secret = build();
        BooleanSupplier never = () -> false;
        RotatingSecret.Subscription first = secret.acknowledgeWhen(never);
        secret.acknowledgeWhen(never);
        first.close();
        first.close();
        epoch = 2;
        secret.refresh();
        clock.advance(A);
        assertThat(acknowledged(secret)).isEqualTo(1);
    }

    @Test
    void user_thatThrows_withholdsAndKeepsNobodyFromTheNewView() {
        RotatingSecret secret = build();
        RotatingSecret.Subscription failing = secret.acknowledgeWhen(() -> {
            throw new IllegalStateException("as planned");
        });
        List<Keyring> seen = new ArrayList<>();
        secret.onChange(seen::add);
        epoch = 2;
        secret.refresh();
        clock.advance(A);
        epoch = 3;
        assertThat(acknowledged(secret)).isEqualTo(1);
        assertThat(seen).hasSize(2);
        assertThat(secret.staleness()).isZero();
        failing.close();
        assertThat(acknowledged(secret)).isEqualTo(2);
    }

    @Test
    void acknowledgement_neverGoesBack() {
        incarnation = 2;
        epoch = 5;
        RotatingSecret secret = build();
        clock.advance(A);
        for (long older : List.of(4L, 1L)) {
            epoch = older;
            secret.refresh();
        }
        incarnation = 1;
        epoch = 99;
        secret.refresh();
        clock.advance(A);
        secret.refresh();
        assertThat(told).hasSize(1); // an older record confirms nothing, so nothing is said
        incarnation = 3;
        epoch = 1;
        secret.refresh();
        assertThat(List.of(last().incarnation(), last().epoch())).containsExactly(2L, 5L);
        clock.advance(A);
        secret.refresh();
        assertThat(List.of(last().incarnation(), last().epoch())).containsExactly(3L, 1L);
    }

    // ---- the lease

    @Test
    void lease_endsAHorizonAfterTheStoresTimeOfTheRead() {
        RotatingSecret secret = build();
        Duration horizon = FakeSecret.timing().horizon();
        assertThat(last().leaseUntil()).isEqualTo(START.plus(horizon));
        clock.advance(R);
        secret.refresh();
        assertThat(last().leaseUntil()).isEqualTo(START.plus(R).plus(horizon));
    }

    // ---- what was produced with

    @Test
    void lastUse_isOfMarkedVersionsAtTheStoresTimeOfTheRead() {
        RotatingSecret secret = build();
        secret.use(2);
        VersionUse first = secret.use(1);
        secret.refresh();
        assertThat(last().lastUse()).isEmpty();
        first.mark();
        first.mark();
        clock.advance(R);
        secret.refresh();
        Instant seen = clock.instant();
        assertThat(last().lastUse()).isEqualTo(Map.of(1, seen));
        clock.advance(R);
        secret.refresh();
        assertThat(last().lastUse()).isEqualTo(Map.of(1, seen)); // kept, and not renewed without a use
        secret.use(1).mark();
        secret.refresh();
        assertThat(last().lastUse()).isEqualTo(Map.of(1, clock.instant()));
    }

    @Test
    void use_ofOneVersion_isAlwaysTheSameObject() {
        RotatingSecret secret = build();
        assertThat(secret.use(1)).isSameAs(secret.use(1)).isNotSameAs(secret.use(2));
    }

    // ---- a store that does not take reports

    @Test
    void sink_thatThrows_letsStalenessGrowAndTheKeyringBeUsed() {
        RotatingSecret secret = build();
        VersionUse use = secret.use(1);
        sink = report -> {
            throw new IllegalStateException("as planned");
        };
        epoch = 2;
        use.mark();
        clock.advance(R);
        Instant used = clock.instant();
        assertThat(secret.refresh().edition().epoch()).isEqualTo(2);
        assertThat(secret.keyring().edition().epoch()).isEqualTo(2);
        assertThat(secret.primary().value()).isEqualTo(value(2));
        assertThat(secret.staleness()).isEqualTo(R); // others do not know that it is alive
        sink = told::add;
        clock.advance(R);
        secret.refresh();
        assertThat(secret.staleness()).isZero();
        assertThat(last().lastUse()).isEqualTo(Map.of(1, used)); // what was noted meanwhile is not lost
        assertThat(last().epoch()).isEqualTo(2);
    }

    @Test
    void sink_thatThrowsAtFirst_isStaleFromTheStartAndTriesAgainAtOnceIfItStops() {
        sink = report -> {
            throw new IllegalStateException("as planned");
        };
        RotatingSecret keeps = build();
        assertThat(keeps.stale()).isTrue();
        assertThat(keeps.primary().number()).isEqualTo(1);
        keeps.close();
        RotatingSecret stops = stopping();
        assertThat(stops.stale()).isTrue();
        scheduler.runDue();
        assertThatThrownBy(stops::primary).isInstanceOf(StaleKeyringException.class);
        sink = told::add;
        scheduler.advance(R);
        assertThat(stops.primary().number()).isEqualTo(1);
    }

    // ---- stopping

    @Test
    void stop_comesTheMomentTheBoundIsPassedAndIsLiftedByARead() {
        epoch = 2;
        RotatingSecret secret = stopping();
        down = true;
        scheduler.advance(L);
        assertThat(secret.mayProduce()).isTrue();
        assertThat(secret.primary().number()).isEqualTo(2);
        scheduler.advance(NANO);
        assertThat(secret.mayProduce()).isFalse();
        assertThatThrownBy(secret::primary)
                .isInstanceOf(StaleKeyringException.class)
                .hasMessageContaining(NAME.value());
        assertThat(secret.keyring().primary().value()).isEqualTo(value(2));
        assertThat(secret.keyring().accepted(1)).isPresent();
        scheduler.advance(L);
        assertThat(secret.mayProduce()).isFalse();
        down = false;
        scheduler.advance(R);
        assertThat(secret.primary().number()).isEqualTo(2);
    }

    @Test
    void stop_countsFromTheLastReadThatSucceeded() {
        RotatingSecret secret = stopping();
        down = true;
        scheduler.advance(L.minus(NANO));
        down = false;
        secret.refresh();
        down = true;
        scheduler.advance(L);
        assertThat(secret.mayProduce()).isTrue();
        scheduler.advance(NANO);
        assertThat(secret.mayProduce()).isFalse();
    }

    @Test
    void stop_aReportThatFails_countsAsNoRead() {
        RotatingSecret secret = stopping();
        sink = report -> {
            throw new IllegalStateException("as planned");
        };
        scheduler.advance(L.plus(NANO));
        assertThat(secret.mayProduce()).isFalse();
    }

    @Test
    void stop_anOlderRecord_countsAsNoRead() {
        epoch = 2;
        RotatingSecret secret = stopping();
        epoch = 1;
        scheduler.advance(L.plus(NANO));
        assertThat(secret.mayProduce()).isFalse();
    }

    @Test
    void stop_whileAReadTakesLong_doesNotWaitForItsEnd() {
        RotatingSecret secret = stopping();
        List<Boolean> during = new ArrayList<>();
        down = true;
        scheduler.advance(L);
        sink = report -> during.add(secret.mayProduce());
        down = false;
        scheduler.advance(NANO); // the read of that moment succeeds, but only after it was late
        assertThat(during).containsExactly(false);
        assertThat(secret.mayProduce()).isTrue();
    }

    @Test
    void stop_aReadThatTookLongerThanTheBound_confirmsNothing() {
        RotatingSecret secret = stopping();
        readTime = L;
        secret.refresh();
        assertThat(secret.mayProduce()).isTrue();
        readTime = L.plus(NANO);
        secret.refresh();
        assertThat(secret.mayProduce()).isFalse();
        readTime = Duration.ZERO;
        secret.refresh();
        assertThat(secret.mayProduce()).isTrue();
    }

    @Test
    void keep_neverStops() {
        RotatingSecret secret = build();
        down = true;
        scheduler.advance(L.multipliedBy(100));
        assertThat(secret.stale()).isTrue();
        assertThat(secret.mayProduce()).isTrue();
        assertThat(secret.primary().number()).isEqualTo(1);
    }

    // ---- the set-up

    private RotatingSecret build() {
        return builder().build();
    }

    private RotatingSecret stopping() {
        return builder().stopWhenStale().build();
    }

    private RotatingSecret.Builder builder() {
        return RotatingSecret.builder(NAME, known -> load(), scheduler)
                .ticker(clock)
                .reports("replica-1", report -> sink.accept(report));
    }

    /** Epoch 1 has one version, every later one has two. */
    private Keyring load() {
        if (down) {
            throw new IllegalStateException("the store is down, as planned");
        }
        clock.advance(readTime);
        VersionState[] states = epoch == 1 ? new VersionState[] {PRIMARY} : new VersionState[] {RETIRING, PRIMARY};
        return Keyring.of(
                NAME, edition(incarnation, epoch), clock.instant(), versions(states), Map.of(1, value(1), 2, value(2)));
    }

    private ReplicaReport last() {
        return told.get(told.size() - 1);
    }

    private long acknowledged(RotatingSecret secret) {
        secret.refresh();
        return last().epoch();
    }
}
