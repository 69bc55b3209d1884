package dev.slipring.store;

import dev.slipring.keyring.Ticker;
import java.time.Instant;

/** The wall clock as it was once, carried on by a monotonic one: never goes back. Safe for use by several threads. */
final class SourceClock {
    private final Instant start;
    private final Ticker ticker;
    private final long startedAt;

    SourceClock(Instant start, Ticker ticker) {
        this.start = start;
        this.ticker = ticker;
        startedAt = ticker.nanos();
    }

    Instant now() {
        return start.plusNanos(ticker.nanos() - startedAt);
    }
}
