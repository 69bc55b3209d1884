package dev.slipring.rotation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** How long a rotator rests between two passes. Used by one thread at a time. */
final class Pace {
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);

    private final Duration interval;
    private final RandomGenerator random;
    private final AtomicInteger failures = new AtomicInteger();

    /** Rests for {@code interval} at most, unless passes fail. */
    Pace(Duration interval, RandomGenerator random) {
        this.interval = interval;
        this.random = random;
    }

    /** Until what the pass waits for, or the interval with jitter, whichever is over first. */
    Duration after(StepExecutor.Outcome outcome) {
        failures.set(0);
        Duration jittered = interval.minusNanos(random.nextLong(interval.toNanos() / 5 + 1));
        Duration due = Duration.between(outcome.storeNow(), outcome.rest().until());
        return due.compareTo(jittered) < 0 && !due.isNegative() ? due : jittered;
    }

    /** Longer after each failure in a row. */
    Duration afterFailure() {
        int doublings = Math.min(failures.getAndIncrement(), 20);
        Duration longest = interval.compareTo(LONGEST_BACK_OFF) > 0 ? interval : LONGEST_BACK_OFF;
        Duration grown = interval.multipliedBy(1L << doublings);
        return grown.compareTo(longest) > 0 ? longest : grown;
    }
}
