package dev.slipring.examples;

import dev.slipring.keyring.Ticker;
import java.util.concurrent.TimeUnit;

/** Measures from the beginning of a run. Immutable and thread-safe. */
final class RunClock {
    private final Ticker ticker;
    private final long started;

    RunClock(Ticker ticker) {
        this.ticker = ticker;
        this.started = ticker.nanos();
    }

    /** Nanoseconds since the run began. */
    long nanos() {
        return ticker.nanos() - started;
    }

    /** Milliseconds since the run began. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos());
    }
}
