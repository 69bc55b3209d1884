package dev.slipring.store;

import dev.slipring.keyring.Ticker;
import java.time.Duration;

/**
 * The time in which a write may still follow its read. Stamps are the store's time at the read plus this
 * window, so a write that comes later would be stamped too early and must not happen. Measured on a monotonic
 * clock. Immutable and thread-safe.
 */
public final class WriteWindow {
    private final Ticker ticker;
    private final long opened;
    private final long length;

    private WriteWindow(Ticker ticker, Duration length) {
        this.ticker = ticker;
        this.opened = ticker.nanos();
        this.length = length.toNanos();
    }

    /** A window that opens now, before the read, and stays open for {@code length}. */
    public static WriteWindow open(Ticker ticker, Duration length) {
        return new WriteWindow(ticker, length);
    }

    /** Whether a write may still take effect. */
    public boolean isOpen() {
        return ticker.nanos() - opened < length;
    }
}
