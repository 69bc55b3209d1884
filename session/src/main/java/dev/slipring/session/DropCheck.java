package dev.slipring.session;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.session.DropReadiness.Ready;
import dev.slipring.session.DropReadiness.Waiting;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Finds out whether a version can be dropped.
 *
 * @param keyring what the replica sees
 * @param stale whether the view is too old to be trusted in this
 * @param acceptance the rules for its tokens
 * @param now the present second
 */
record DropCheck(Keyring keyring, boolean stale, Acceptance acceptance, long now) {

    /** The answer for {@code number}, of which a token was last valid here at {@code lastAccepted}. */
    DropReadiness of(int number, Optional<Instant> lastAccepted) {
        SecretVersion version = keyring.version(number)
                .orElseThrow(
                        () -> new NoSuchElementException("secret " + keyring.secret() + " has no version " + number));
        Optional<Instant> dropped = version.compromised().map(Mark::at).or(() -> version.at(Stamp.REVOKING));
        if (dropped.isPresent()) {
            return new Ready(number, dropped.get(), lastAccepted);
        }
        if (version.held().isPresent()) {
            return waiting(
                    number,
                    lastAccepted,
                    "it is held by " + version.held().get().by());
        }
        return switch (version.state()) {
            case RETIRING ->
                version.at(Stamp.RETIRING)
                        .map(retired -> retiring(number, retired, lastAccepted))
                        .orElseGet(() -> waiting(number, lastAccepted, "it is being readmitted"));
            case PRIMARY -> waiting(number, lastAccepted, "it signs");
            default -> waiting(number, lastAccepted, "it is about to sign");
        };
    }

    private DropReadiness retiring(int number, Instant retired, Optional<Instant> lastAccepted) {
        Instant end = Instant.ofEpochSecond(
                acceptance.lastExpiry(retired, keyring.edition().timing()));
        if (now < end.getEpochSecond()) {
            return new Waiting(number, Optional.of(end), lastAccepted, "tokens that it signed have not run out");
        }
        if (stale) {
            return waiting(number, lastAccepted, "this replica has not read the secret's record for too long");
        }
        return lastAccepted.filter(last -> !last.isBefore(end)).isPresent()
                ? waiting(number, lastAccepted, "a token of it was valid after all had run out: a clock went back")
                : new Ready(number, end, lastAccepted);
    }

    private static Waiting waiting(int number, Optional<Instant> lastAccepted, String reason) {
        return new Waiting(number, Optional.empty(), lastAccepted, reason);
    }
}
