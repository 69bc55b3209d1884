package dev.slipring.keyring;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a replica sees of one secret. Immutable.
 *
 * @param keyring the newest snapshot
 * @param freshSince the monotonic moment from which it is known to be current
 * @param stopped whether nothing may be produced, since it was current too long ago
 * @param failure why the latest attempt to confirm it failed; null if it succeeded
 */
record View(
        Keyring keyring,
        long freshSince,
        boolean stopped,
        @Nullable Failure failure) {

    /** A read that confirmed nothing: of which type, and at which monotonic moment. */
    record Failure(String type, long at) {}

    /** A snapshot that is confirmed. */
    static View fresh(Keyring keyring, long since) {
        return new View(keyring, since, false, null);
    }

    /** L: the age beyond which a snapshot no longer counts as live. */
    static Duration bound(Keyring keyring) {
        return keyring.edition().timing().get(TimingParameter.STALENESS);
    }

    /** The same with a newer snapshot that is not confirmed yet. */
    View with(Keyring newer) {
        return new View(newer, freshSince, stopped, failure);
    }

    /** The same after an attempt to confirm it that failed at {@code now}. */
    View failed(String type, long now) {
        return new View(keyring, freshSince, stopped, new Failure(type, now));
    }

    View stop() {
        return new View(keyring, freshSince, true, failure);
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

    ViewState state(long now) {
        Optional<RefreshFailure> last = Optional.ofNullable(failure)
                .map(failed -> new RefreshFailure(failed.type, Duration.ofNanos(now - failed.at)));
        return new ViewState(keyring, staleness(now), stale(now), !stopped, last);
    }
}
