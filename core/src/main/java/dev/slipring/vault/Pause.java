package dev.slipring.vault;

import java.time.Duration;

/** How a call waits before it is made again. Implementations are thread-safe. */
@FunctionalInterface
public interface Pause {
    /**
     * Returns after about {@code length}.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    void await(Duration length) throws InterruptedException;

    /** The calling thread sleeps. */
    static Pause sleeping() {
        return length -> Thread.sleep(length.toMillis());
    }
}
