package dev.slipring.keyring;

import static dev.slipring.keyring.Keyrings.NAME;
import static dev.slipring.keyring.Keyrings.keyring;
import static dev.slipring.keyring.Keyrings.value;
import static dev.slipring.keyring.VersionState.PRIMARY;
import static dev.slipring.keyring.VersionState.PUBLISHED;
import static dev.slipring.keyring.VersionState.RETIRING;
import static dev.slipring.keyring.VersionState.REVOKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RotatingSecretTest {
    private static final Duration R = Duration.ofSeconds(60);
    private static final Duration ADOPTION = Duration.ofSeconds(30);
    private static final Duration ON_DEMAND = Duration.ofSeconds(5);

    private final ManualClock clock = ManualClock.at(Keyrings.START);
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final AtomicInteger loads = new AtomicInteger();
    private volatile Supplier<Keyring> source = fixed(keyring(1, 1, PRIMARY));

    // ---- the first read

    @Test
    void build_firstReadFails_throwsAndSchedulesNothing() {
        source = RotatingSecretTest::down;
        assertThatThrownBy(this::build).isInstanceOf(StoreDown.class);
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void build_firstReadSucceeds_hasAViewAtOnce() {
        RotatingSecret secret = build();
        assertThat(secret.name()).isEqualTo(NAME);
        assertThat(secret.primary()).isSameAs(secret.keyring().primary());
        assertThat(secret.primary().number()).isEqualTo(1);
        assertThat(secret.staleness()).isZero();
        assertThat(secret.stale()).isFalse();
        assertThat(loads).hasValue(1);
    }

    @Test
    void builder_onDemandIntervalNotAboveZero_isRefused() {
        for (Duration each : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> builder().onDemandInterval(each)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    // ---- the view

    @Test
    void keyring_betweenRefreshes_isTheSameSnapshotAndCostsNoRead() {
        RotatingSecret secret = build();
        Keyring before = secret.keyring();
        for (int i = 0; i < 1000; i++) {
            assertThat(secret.keyring()).isSameAs(before);
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void keyring_whileALoadHangs_answersAtOnce() throws Exception {
        RotatingSecret secret = build();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        source = () -> {
            inside.countDown();
            await(release);
            return keyring(1, 2, RETIRING, PRIMARY);
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Keyring> refreshed = other.submit(secret::refresh);
            inside.await();
            assertThat(secret.keyring().edition().epoch()).isEqualTo(1);
            release.countDown();
            assertThat(refreshed.get().edition().epoch()).isEqualTo(2);
            assertThat(secret.keyring()).isSameAs(refreshed.get());
        } finally {
            release.countDown();
            other.shutdownNow();
        }
    }

    @Test
    void refresh_olderEpochOrIncarnation_keepsTheNewerView() {
        source = fixed(keyring(2, 5, PRIMARY));
        RotatingSecret secret = build();
        Keyring newest = secret.keyring();
        clock.advance(R);
        for (Keyring older : List.of(keyring(2, 4, PRIMARY), keyring(1, 99, PRIMARY))) {
            source = fixed(older);
            assertThat(secret.refresh()).isSameAs(newest);
            assertThat(secret.keyring()).isSameAs(newest);
        }
        assertThat(secret.staleness()).isEqualTo(R); // an older record confirms nothing
    }

    @Test
    void refresh_olderRecord_wipesTheValuesThatOnlyItBrought() {
        source = fixed(keyring(1, 5, PRIMARY));
        RotatingSecret secret = build();
        SecretValue shared = secret.primary().value();
        SecretValue own = value(2);
        source = fixed(keyring(1, 4, Map.of(1, shared, 2, own), PRIMARY, PUBLISHED));
        secret.refresh();
        assertThat(wiped(own)).isTrue();
        assertThat(wiped(shared)).isFalse();
    }

    @Test
    void refresh_newIncarnationWithALowerEpoch_isTaken() {
        source = fixed(keyring(1, 50, PRIMARY));
        RotatingSecret secret = build();
        source = fixed(keyring(2, 1, PRIMARY));
        assertThat(secret.refresh().edition().incarnation()).isEqualTo(2);
    }

    @Test
    void view_underConcurrentRefreshes_neverGoesBack() throws Exception {
        AtomicInteger epoch = new AtomicInteger(1);
        source = () -> keyring(1, epoch.incrementAndGet(), PRIMARY);
        RotatingSecret secret = build();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CyclicBarrier start = new CyclicBarrier(8);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                boolean refreshes = t % 2 == 0;
                results.add(threads.submit(() -> {
                    start.await();
                    long last = 0;
                    boolean monotone = true;
                    for (int i = 0; i < 2000; i++) {
                        if (refreshes) {
                            secret.refresh();
                        }
                        long seen = secret.keyring().edition().epoch();
                        monotone &= seen >= last;
                        last = seen;
                    }
                    return monotone;
                }));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(secret.keyring().edition().epoch()).isEqualTo(8002);
    }

    // ---- scheduled refreshes

    @Test
    void schedule_overManyRefreshes_staysBetweenFourFifthsAndAllOfTheInterval() {
        List<Long> begun = new ArrayList<>();
        source = () -> {
            begun.add(clock.nanos());
            return keyring(1, 1, PRIMARY);
        };
        build();
        scheduler.advance(R.multipliedBy(500));
        assertThat(begun).hasSizeBetween(501, 626);
        assertThat(gaps(begun)).allMatch(gap -> gap >= R.toNanos() / 5 * 4 && gap <= R.toNanos());
        assertThat(gaps(begun).stream().distinct().count()).isGreaterThan(400);
    }

    @Test
    void schedule_extremesOfTheJitter_areTheBounds() {
        assertThat(firstGap(0)).isEqualTo(R);
        assertThat(firstGap(1)).isEqualTo(Duration.ofSeconds(48));
    }

    @Test
    void schedule_readsThatTakeTime_stillBeginWithinTheInterval() {
        List<Long> begun = new ArrayList<>();
        source = () -> {
            begun.add(clock.nanos());
            clock.advance(Duration.ofSeconds(20));
            return keyring(1, 1, PRIMARY);
        };
        build();
        scheduler.advance(R.multipliedBy(50));
        assertThat(gaps(begun)).isNotEmpty().allMatch(gap -> gap <= R.toNanos());
    }

    @Test
    void schedule_refreshFails_keepsTheLastGoodKeyringAndGrowsStaler() {
        RotatingSecret secret = build();
        Keyring good = secret.keyring();
        source = RotatingSecretTest::down;
        scheduler.advance(Duration.ofMinutes(15));
        assertThat(secret.keyring()).isSameAs(good);
        assertThat(good.primary().value()).isEqualTo(value(1));
        assertThat(secret.staleness()).isEqualTo(Duration.ofMinutes(15));
        assertThat(secret.stale()).isFalse();
        scheduler.advance(Duration.ofNanos(1));
        assertThat(secret.stale()).isTrue();
        assertThat(loads.get()).isGreaterThanOrEqualTo(16); // it kept trying
        source = fixed(keyring(1, 2, RETIRING, PRIMARY));
        scheduler.advance(R);
        assertThat(secret.primary().number()).isEqualTo(2);
        assertThat(secret.staleness()).isLessThanOrEqualTo(R);
        assertThat(secret.stale()).isFalse();
    }

    @Test
    void schedule_loaderThrowsAnError_refreshesGoOn() {
        RotatingSecret secret = build();
        source = () -> {
            throw new StackOverflowError("as planned");
        };
        scheduler.advance(R);
        source = fixed(keyring(1, 2, RETIRING, PRIMARY));
        scheduler.advance(R);
        assertThat(secret.primary().number()).isEqualTo(2);
    }

    @Test
    void staleness_wallClockSetBack_isMeasuredOnTheMonotonicClock() {
        RotatingSecret secret = build();
        clock.skew(Duration.ofDays(-1));
        clock.advance(Duration.ofSeconds(7));
        assertThat(secret.staleness()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void staleness_slowRead_countsFromItsBeginning() {
        RotatingSecret secret = build();
        source = () -> {
            clock.advance(Duration.ofSeconds(3));
            return keyring(1, 1, PRIMARY);
        };
        secret.refresh();
        assertThat(secret.staleness()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void refresh_fails_throwsToTheCallerAndKeepsTheView() {
        RotatingSecret secret = build();
        Keyring good = secret.keyring();
        source = RotatingSecretTest::down;
        assertThatThrownBy(secret::refresh).isInstanceOf(StoreDown.class);
        assertThat(secret.keyring()).isSameAs(good);
    }

    // ---- refreshes on demand

    @Test
    void requestRefresh_once_readsWithoutWaitingForTheInterval() {
        RotatingSecret secret = build();
        source = fixed(keyring(1, 2, RETIRING, PRIMARY));
        secret.requestRefresh();
        assertThat(secret.primary().number()).isEqualTo(1); // returns at once
        scheduler.runDue();
        assertThat(secret.primary().number()).isEqualTo(2);
    }

    @Test
    void requestRefresh_withinTheOnDemandInterval_readsOnce() {
        RotatingSecret secret = build();
        for (int i = 0; i < 50; i++) {
            secret.requestRefresh();
            scheduler.advance(Duration.ofMillis(99));
        }
        assertThat(loads).hasValue(2);
        scheduler.advance(Duration.ofMillis(50));
        secret.requestRefresh();
        scheduler.runDue();
        assertThat(loads).hasValue(3);
    }

    @Test
    void requestRefresh_notYetRun_isNotQueuedAgain() {
        RotatingSecret secret = build();
        int pending = scheduler.pending();
        for (int i = 0; i < 10; i++) {
            secret.requestRefresh();
            clock.advance(ON_DEMAND);
        }
        assertThat(scheduler.pending()).isEqualTo(pending + 1);
    }

    @Test
    void requestRefresh_readFails_isTriedAgainAfterTheInterval() {
        RotatingSecret secret = build();
        source = RotatingSecretTest::down;
        secret.requestRefresh();
        scheduler.runDue();
        source = fixed(keyring(1, 2, RETIRING, PRIMARY));
        scheduler.advance(ON_DEMAND);
        secret.requestRefresh();
        scheduler.runDue();
        assertThat(secret.primary().number()).isEqualTo(2);
    }

    @Test
    void requestRefresh_schedulerShutDown_isHarmless() {
        RotatingSecret secret = build();
        scheduler.shutdownNow();
        assertThatCode(secret::requestRefresh).doesNotThrowAnyException();
    }

    @Test
    void requestRefresh_hundredThousandCallsOfEightThreads_readAtMostOncePerInterval() throws Exception {
        int threads = 8;
        int rounds = 200;
        int calls = 63; // 8 x 200 x 63 > 100 000
        RotatingSecret secret = build();
        loads.set(0);
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Integer> perRound = new ArrayList<>();
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                boolean leads = t == 0;
                done.add(pool.submit(() -> {
                    for (int round = 0; round < rounds; round++) {
                        barrier.await();
                        for (int i = 0; i < calls; i++) {
                            secret.requestRefresh();
                            scheduler.runDue(); // whoever comes first reads, in the thick of the other calls
                        }
                        barrier.await();
                        if (leads) {
                            perRound.add(loads.getAndSet(0));
                            clock.advance(ON_DEMAND);
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(perRound).hasSize(rounds).allMatch(reads -> reads <= 2); // a scheduled refresh may fall in it
        assertThat(perRound.stream().mapToInt(reads -> reads).sum()).isBetween(rounds, rounds + rounds * 5 / 48 + 1);
    }

    // ---- listeners

    @Test
    void listener_changeOfEdition_isToldAfterItIsInForce() {
        RotatingSecret secret = build();
        List<Keyring> told = new ArrayList<>();
        secret.onChange(ring -> {
            assertThat(secret.keyring()).isSameAs(ring);
            told.add(ring);
        });
        secret.refresh(); // the same edition
        assertThat(told).isEmpty();
        source = fixed(keyring(1, 2, RETIRING, PRIMARY));
        Keyring after = secret.refresh();
        assertThat(told).containsExactly(after);
    }

    @Test
    void listener_throws_harmsNeitherTheOthersNorTheView() {
        RotatingSecret secret = build();
        List<Keyring> told = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        secret.onChange(ring -> {
            failed.incrementAndGet();
            throw new IllegalStateException("as planned");
        });
        secret.onChange(told::add);
        for (int epoch = 2; epoch <= 3; epoch++) {
            source = fixed(keyring(1, epoch, PRIMARY));
            secret.refresh();
        }
        assertThat(told).hasSize(2);
        assertThat(failed).hasValue(2);
        assertThat(secret.keyring().edition().epoch()).isEqualTo(3);
    }

    @Test
    void listener_subscriptionClosed_isNotToldAgain() {
        RotatingSecret secret = build();
        List<Keyring> told = new ArrayList<>();
        RotatingSecret.Subscription subscription = secret.onChange(told::add);
        subscription.close();
        subscription.close();
        source = fixed(keyring(1, 2, PRIMARY));
        secret.refresh();
        assertThat(told).isEmpty();
    }

    @Test
    void listener_thatRefreshesAndCloses_doesNotDeadlock() throws Exception {
        RotatingSecret secret = build();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            secret.onChange(ring -> {
                try {
                    other.submit(secret::refresh).get(); // needs the lock: none may be held here
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                secret.close();
            });
            source = fixed(keyring(1, 2, PRIMARY));
            secret.refresh();
            assertThat(wiped(secret.primary().value())).isTrue();
        } finally {
            other.shutdownNow();
        }
    }

    // ---- values

    @Test
    void dropped_value_isWipedAfterTheAdoptionTimeAndNotBefore() {
        SecretValue old = value(1);
        SecretValue next = value(2);
        source = fixed(keyring(1, 1, Map.of(1, old, 2, next), RETIRING, PRIMARY));
        RotatingSecret secret = build();
        source = fixed(keyring(1, 2, Map.of(2, next), REVOKING, PRIMARY));
        secret.refresh();
        clock.advance(ADOPTION.minusNanos(1));
        secret.refresh();
        assertThat(wiped(old)).isFalse();
        clock.advance(Duration.ofNanos(1));
        secret.refresh();
        assertThat(wiped(old)).isTrue();
        assertThat(wiped(next)).isFalse();
    }

    @Test
    void dropped_valueReadAgainUnderTheSameNumber_wipesOnlyTheFormerObject() {
        SecretValue first = value(1);
        SecretValue again = value(1);
        source = fixed(keyring(1, 1, Map.of(1, first), PRIMARY));
        RotatingSecret secret = build();
        source = fixed(keyring(2, 1, Map.of(1, again), PRIMARY));
        secret.refresh();
        clock.advance(ADOPTION);
        secret.refresh();
        assertThat(wiped(first)).isTrue();
        assertThat(wiped(again)).isFalse();
    }

    @Test
    void shared_valueInManySnapshots_isNeverWiped() {
        SecretValue value = value(1);
        source = fixed(keyring(1, 1, Map.of(1, value), PRIMARY));
        RotatingSecret secret = build();
        for (int epoch = 2; epoch < 50; epoch++) {
            source = fixed(keyring(1, epoch, Map.of(1, value), PRIMARY));
            scheduler.advance(R);
        }
        assertThat(wiped(value)).isFalse();
        assertThat(secret.keyring().edition().epoch()).isEqualTo(49);
    }

    // ---- close

    @Test
    void close_wipesEveryValueAndStopsReading() {
        SecretValue dropped = value(1);
        SecretValue retiring = value(2);
        SecretValue primary = value(3);
        source = fixed(keyring(1, 1, Map.of(1, dropped, 2, retiring, 3, primary), RETIRING, RETIRING, PRIMARY));
        RotatingSecret secret = build();
        source = fixed(keyring(1, 2, Map.of(2, retiring, 3, primary), REVOKING, RETIRING, PRIMARY));
        secret.refresh();
        secret.requestRefresh();
        int before = loads.get();
        secret.close();
        assertThat(List.of(dropped, retiring, primary)).allMatch(RotatingSecretTest::wiped);
        scheduler.advance(Duration.ofHours(1));
        secret.requestRefresh();
        scheduler.advance(Duration.ofHours(1));
        assertThat(loads).hasValue(before);
        assertThat(scheduler.pending()).isZero();
        assertThatThrownBy(secret::refresh)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NAME.value());
        assertThatCode(secret::close).doesNotThrowAnyException();
    }

    @Test
    void close_whileARefreshIsUnderWay_wipesWhatItBrings() throws Exception {
        RotatingSecret secret = build();
        SecretValue late = value(2);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        source = () -> {
            inside.countDown();
            await(release);
            return keyring(1, 2, Map.of(1, value(1), 2, late), RETIRING, PRIMARY);
        };
        ExecutorService other = Executors.newFixedThreadPool(2);
        try {
            Future<Keyring> refreshed = other.submit(secret::refresh);
            inside.await();
            Future<?> closed = other.submit(secret::close);
            release.countDown();
            closed.get();
            refreshed.get();
            assertThat(wiped(late)).isTrue();
        } finally {
            release.countDown();
            other.shutdownNow();
        }
    }

    @Test
    void close_whileARefreshHangs_returnsAndLeavesTheWipingToIt() throws Exception {
        RotatingSecret secret = build();
        SecretValue first = secret.primary().value();
        SecretValue late = value(2);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        source = () -> {
            inside.countDown();
            await(release);
            return keyring(1, 2, Map.of(1, first, 2, late), RETIRING, PRIMARY);
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<Keyring> refreshed = other.submit(secret::refresh);
            inside.await();
            secret.close(); // in this thread, before the read is released
            release.countDown();
            refreshed.get();
            assertThat(List.of(first, late)).allMatch(RotatingSecretTest::wiped);
        } finally {
            release.countDown();
            other.shutdownNow();
        }
    }

    // ---- the set-up

    private RotatingSecret build() {
        return builder().build();
    }

    private RotatingSecret.Builder builder() {
        return RotatingSecret.builder(
                        NAME,
                        known -> {
                            loads.incrementAndGet();
                            return source.get();
                        },
                        scheduler)
                .ticker(clock)
                .onDemandInterval(ON_DEMAND);
    }

    /** The first refresh's delay if the generator always draws its least (0) or its largest (1) number. */
    private Duration firstGap(int largest) {
        List<Long> begun = new ArrayList<>();
        source = () -> {
            begun.add(clock.nanos());
            return keyring(1, 1, PRIMARY);
        };
        try (RotatingSecret secret = builder().random(new Extreme(largest == 1)).build()) {
            scheduler.advance(R);
            assertThat(secret.keyring()).isNotNull();
        }
        return Duration.ofNanos(gaps(begun).get(0));
    }

    private record Extreme(boolean largest) implements RandomGenerator {
        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nextLong(long bound) {
            return largest ? bound - 1 : 0;
        }
    }

    private static final class StoreDown extends SlipringException {
        private static final long serialVersionUID = 1L;

        StoreDown() {
            super("the store is down", null);
        }
    }

    private static Keyring down() {
        throw new StoreDown();
    }

    private static Supplier<Keyring> fixed(Keyring keyring) {
        return () -> keyring;
    }

    private static boolean wiped(SecretValue value) {
        try {
            value.copyBytes();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static List<Long> gaps(List<Long> moments) {
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < moments.size(); i++) {
            gaps.add(moments.get(i) - moments.get(i - 1));
        }
        return gaps;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
