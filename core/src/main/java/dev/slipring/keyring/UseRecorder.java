package dev.slipring.keyring;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Where everybody in this replica notes what becomes of one secret, and where it is read. Nothing is pushed: whoever
 * wants metrics, or looks for anomalies, reads {@link #counts()} when it likes, so that no request waits for it. Holds
 * numbers only. Safe for use by several threads.
 */
public final class UseRecorder {
    private final Map<Integer, VersionUse> versions = new ConcurrentHashMap<>();
    private final Map<AuthFailure, LongAdder> failures = new EnumMap<>(AuthFailure.class);
    private final List<Counter> counters = new CopyOnWriteArrayList<>();
    private final Measures measures = new Measures();
    private final TimedCount refreshed = new TimedCount();
    private final TimedCount notRefreshed = new TimedCount();

    /** Somebody who counts; its last word stays when it leaves. Equal to nobody else. */
    private static final class Counter {
        private volatile Supplier<UseCounts> counts;

        Counter(Supplier<UseCounts> counts) {
            this.counts = counts;
        }

        void leave() {
            UseCounts last = counts.get();
            counts = () -> last;
        }
    }

    UseRecorder() {
        for (AuthFailure reason : AuthFailure.values()) {
            failures.put(reason, new LongAdder());
        }
        measures.add(Measure.timer("slipring.refresh", Map.of("outcome", "ok"), refreshed));
        measures.add(Measure.timer("slipring.refresh", Map.of("outcome", "failed"), notRefreshed));
    }

    /**
     * Where to note the use of {@code version}; one object for each version, to be kept. Only for versions that the
     * secret has: the number must not come from outside unchecked, since each is kept.
     */
    public VersionUse version(int version) {
        return versions.computeIfAbsent(version, number -> new VersionUse());
    }

    /** Notes that something was not accepted. */
    public void failed(AuthFailure reason) {
        Objects.requireNonNull(failures.get(reason)).increment();
    }

    /**
     * Adds what somebody counts for himself, who cannot afford to count here at every request.
     *
     * @param counts asked by whoever reads, in its thread; the numbers in it never become less; does not block
     * @return when closed, the counts are asked once more and then stay as they are
     */
    public RotatingSecret.Subscription counting(Supplier<UseCounts> counts) {
        Counter counter = new Counter(Objects.requireNonNull(counts, "counts"));
        counters.add(counter);
        return counter::leave;
    }

    /** What is measured here besides, where whoever uses the secret adds what he keeps of his own. */
    public Measures measures() {
        return measures;
    }

    /** Notes a refresh, and whether it confirmed the view. */
    void refreshed(Duration took, boolean confirmed) {
        (confirmed ? refreshed : notRefreshed).add(took);
    }

    /** Everything that was noted so far. */
    public UseCounts counts() {
        TreeMap<Integer, UseCounts.OfVersion> byVersion = new TreeMap<>();
        versions.forEach((number, use) -> byVersion.put(number, use.counts()));
        EnumMap<AuthFailure, Long> byReason = new EnumMap<>(AuthFailure.class);
        failures.forEach((reason, adder) -> byReason.put(reason, adder.sum()));
        UseCounts sum = new UseCounts(byVersion, byReason);
        for (Counter counter : counters) {
            sum = sum.plus(counter.counts.get());
        }
        return sum;
    }

    /** Calls {@code taker} with each version that was used since this was asked last. */
    void takeMarks(IntConsumer taker) {
        versions.forEach((version, use) -> {
            if (use.takeMark()) {
                taker.accept(version);
            }
        });
    }
}
