package dev.slipring.keyring;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** How often something was done, and how long it took in all. Both only grow. Safe for use by several threads. */
public final class TimedCount implements Measure.Source {
    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    /** Nothing was done yet. */
    public TimedCount() {}

    /** Notes that it was done once more, which took {@code took}. */
    public void add(Duration took) {
        nanos.add(took.toNanos());
        count.increment();
    }

    /** The seconds in all. */
    @Override
    public double value() {
        return nanos.sum() / NANOS;
    }

    @Override
    public long count() {
        return count.sum();
    }
}
