package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import java.time.Instant;
import java.util.Objects;

/**
 * Something irrevocable or commanded, told before it is written. Holds no secret material.
 *
 * @param at the store's time
 * @param secret the secret concerned
 * @param epoch of the record on which it was decided
 * @param action the step about to be written, such as {@code Intend}
 * @param version the version concerned, 0 if it is about the secret as a whole
 * @param actor who asked, {@code schedule} if nobody did
 * @param reason why
 */
public record AuditEvent(
        Instant at, SecretName secret, long epoch, String action, int version, String actor, String reason) {
    public AuditEvent {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(secret, "secret");
    }
}
