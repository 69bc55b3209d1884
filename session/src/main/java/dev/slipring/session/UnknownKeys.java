package dev.slipring.session;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which unknown keys were named lately, and since when: a key that is not in a view read long enough after it was first
 * named is not about to become known. Remembers a fixed number and forgets by overwriting, so that naming many keys
 * costs nobody memory; what is forgotten counts as named for the first time. Safe for use by several threads.
 */
final class UnknownKeys {
    private static final int SLOTS = 1024;

    /** Seconds since 1970 fit the bits beside a key id of 24. */
    private static final int TIME_BITS = 40;

    private static final long TIME = (1L << TIME_BITS) - 1;

    private final AtomicLongArray named = new AtomicLongArray(SLOTS);

    /**
     * Notes that the key {@code id} was named in the second {@code now}, and says whether a view that lacks it settles
     * that: one that holds all that was written by {@code completeUntil}.
     */
    boolean isSettled(int id, long now, long completeUntil) {
        int slot = id % SLOTS;
        long seen = named.get(slot);
        if (seen == 0 || seen >>> TIME_BITS != id) {
            named.set(slot, ((long) id << TIME_BITS) | (now & TIME));
            return false;
        }
        return completeUntil >= (seen & TIME);
    }
}
