package dev.slipring.testing;

import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that moves only when told, as wall clock and as monotonic clock at once. The wall clock can be
 * set apart, to test skew. Safe for use by several threads.
 */
public final class ManualClock implements InstantSource, Ticker {
    private Instant instant;
    private long nanos;

    private ManualClock(Instant start) {
        instant = start;
    }

    /** A clock that stands at {@code start}. */
    public static ManualClock at(Instant start) {
        return new ManualClock(start);
    }

    /** A clock that stands at {@code start}, given as in {@code 2030-01-01T00:00:00Z}. */
    public static ManualClock at(String start) {
        return at(Instant.parse(start));
    }

    /**
     * Moves both clocks forward.
     *
     * @throws IllegalArgumentException if {@code step} is negative: a monotonic clock never goes back
     */
    public synchronized void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("cannot advance by " + step);
        }
        instant = instant.plus(step);
        nanos += step.toNanos();
    }

    /** Moves the wall clock alone, forward or back, as a correction of the system's time does. */
    public synchronized void skew(Duration step) {
        instant = instant.plus(step);
    }

    @Override
    public synchronized Instant instant() {
        return instant;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public String toString() {
        return "ManualClock[" + instant() + "]";
    }
}
