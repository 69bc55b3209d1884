package dev.slipring.keyring;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Lets reads on demand through: one waiting at a time, and one in an interval. Safe for use by several threads. */
final class Demand {
    private final Ticker ticker;
    private final long interval;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final AtomicLong last;

    Demand(Ticker ticker, Duration interval) {
        this.ticker = ticker;
        this.interval = interval.toNanos();
        last = new AtomicLong(ticker.nanos() - this.interval);
    }

    /** Whether to read now; whoever is told so calls {@link #begun} when the read begins, or if it cannot. */
    boolean admitted() {
        long now = ticker.nanos();
        long before = last.get();
        if (now - before < interval || !waiting.compareAndSet(false, true)) {
            return false;
        }
        if (!last.compareAndSet(before, now)) {
            waiting.set(false); // another demand came and was served since it was looked at
            return false;
        }
        return true;
    }

    void begun() {
        waiting.set(false);
    }
}
