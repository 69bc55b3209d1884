package dev.slipring.jdbc.rewrap;

import dev.slipring.keyring.Ticker;
import java.time.Duration;

/**
 * How large the next batch is and how long to wait before it: so many rows in a second at most, and half as many rows
 * in a batch, at half the pace, while the database is slow. For one thread.
 */
final class Pace {
    private static final double NANOS = 1e9;

    private final Ticker ticker;
    private final int largest;
    private final double rowsPerSecond;
    private final long slow;
    private int batch;
    private long began;
    private long spent;

    Pace(Ticker ticker, int largest, double rowsPerSecond, Duration slow) {
        this.ticker = ticker;
        this.largest = largest;
        this.rowsPerSecond = rowsPerSecond;
        this.slow = slow.toNanos();
        batch = largest;
    }

    /** How many rows the next batch has. */
    int batch() {
        return batch;
    }

    /** A batch begins. */
    void begin() {
        began = ticker.nanos();
        spent = 0;
    }

    /** What the database took for a part of the batch. */
    void took(long nanos) {
        spent += nanos;
    }

    /** The batch has ended; how many nanoseconds to wait. */
    long end(int rows) {
        long elapsed = ticker.nanos() - began;
        long wait = Math.max(0, (long) (rows * NANOS / rowsPerSecond) - elapsed);
        if (spent > slow) {
            batch = Math.max(1, batch / 2);
            return Math.max(wait, spent);
        }
        if (spent < slow / 2) {
            batch = Math.min(largest, batch * 2);
        }
        return wait;
    }
}
