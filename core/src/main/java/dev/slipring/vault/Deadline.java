package dev.slipring.vault;

import dev.slipring.keyring.Ticker;
import java.time.Duration;

/** When a call is given up, its repetitions and log-ins included. Safe for use by several threads. */
final class Deadline {
    private final Ticker ticker;
    private final long end;

    private Deadline(Ticker ticker, long end) {
        this.ticker = ticker;
        this.end = end;
    }

    static Deadline after(Duration time, Ticker ticker) {
        return new Deadline(ticker, ticker.nanos() + time.toNanos());
    }

    /** What is left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - ticker.nanos()));
    }
}
