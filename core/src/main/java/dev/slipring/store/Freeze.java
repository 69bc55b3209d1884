package dev.slipring.store;

import dev.slipring.keyring.Mark;
import java.time.Instant;
import java.util.Objects;

/**
 * A time in which no rotation begins. What is under way goes on, and an emergency does not wait.
 *
 * @param from first moment, in the store's time
 * @param until first moment after it
 * @param ordered when, by whom and why
 */
public record Freeze(Instant from, Instant until, Mark ordered) {
    public Freeze {
        Objects.requireNonNull(ordered, "ordered");
        if (!from.isBefore(until)) {
            throw new IllegalArgumentException("a freeze from " + from + " until " + until + " has no length");
        }
    }

    /** Whether {@code now} lies in it. */
    public boolean covers(Instant now) {
        return !now.isBefore(from) && now.isBefore(until);
    }
}
