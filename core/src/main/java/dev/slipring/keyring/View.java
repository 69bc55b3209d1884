package dev.slipring.keyring;

import java.time.Duration;

/**
 * What a replica sees of one secret. Immutable.
 *
 * @param keyring the newest snapshot
 * @param freshSince the monotonic moment from which it is known to be current
 * @param stopped whether nothing may be produced, since it was current too long ago
 */
record View(Keyring keyring, long freshSince, boolean stopped) {

    /** L: the age beyond which a snapshot no longer counts as live. */
    static Duration bound(Keyring keyring) {
        return keyring.edition().timing().get(TimingParameter.STALENESS);
    }

    /** The same with a newer snapshot that is not confirmed yet. */
    View with(Keyring newer) {
        return new View(newer, freshSince, stopped);
    }

    View stop() {
        return new View(keyring, freshSince, true);
    }

    Duration staleness(long now) {
        return Duration.ofNanos(now - freshSince);
    }

    boolean stale(long now) {
        return staleness(now).compareTo(bound(keyring)) > 0;
    }

    /** Nanoseconds until it is stale; negative if it has been for long. */
    long untilStale(long now) {
        return bound(keyring).minus(staleness(now)).toNanos() + 1;
    }
}
