package dev.slipring.keyring;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a replica sees of one secret, and how its refreshing goes, all of one moment. Immutable.
 *
 * @param keyring the newest snapshot
 * @param staleness how long ago the read began that last confirmed it, on a monotonic clock
 * @param stale whether that is longer than the staleness bound L, so that the replica no longer counts as live
 * @param produces whether something may be produced: always, unless the replica stops when its view is stale
 * @param lastFailure why the latest attempt to confirm it failed; empty if it succeeded
 */
public record ViewState(
        Keyring keyring, Duration staleness, boolean stale, boolean produces, Optional<RefreshFailure> lastFailure) {
    /** The state of a view. */
    public ViewState {
        Objects.requireNonNull(keyring, "keyring");
        Objects.requireNonNull(staleness, "staleness");
        Objects.requireNonNull(lastFailure, "lastFailure");
    }
}
