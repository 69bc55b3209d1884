package dev.slipring.keyring;

/** A monotonic clock: measures durations and never goes back. Implementations are thread-safe. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since an arbitrary origin; only differences mean anything. */
    long nanos();

    /** The virtual machine's monotonic clock. */
    static Ticker system() {
        return System::nanoTime;
    }
}
