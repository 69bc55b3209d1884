package dev.slipring.session;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether a version of a session secret can go without logging anybody out, by time and by what this process saw.
 * Immutable and safe for use by several threads.
 */
public sealed interface DropReadiness {

    /**
     * Nothing that it signed is accepted any more.
     *
     * @param version number of the version
     * @param since when the last token that it can have signed ran out, or when it was taken out of use
     * @param lastAccepted when this process last found a token of it valid, to the second
     */
    record Ready(int version, Instant since, Optional<Instant> lastAccepted) implements DropReadiness {}

    /**
     * Dropping it could end sessions, or somebody forbids it.
     *
     * @param version number of the version
     * @param until when it will be ready if nothing changes; empty if that depends on something else than time
     * @param lastAccepted when this process last found a token of it valid, to the second
     * @param reason what is waited for, without secret material
     */
    record Waiting(int version, Optional<Instant> until, Optional<Instant> lastAccepted, String reason)
            implements DropReadiness {}
}
