package dev.slipring.guard;

import dev.slipring.keyring.SecretName;
import java.util.Objects;

/**
 * A value that should not be used. Metadata only. Immutable.
 *
 * @param secret whose
 * @param version number of the version that has it
 * @param rule what is wrong
 * @param detail the rest of a sentence that begins with "the value", without material
 */
public record GuardFinding(SecretName secret, int version, GuardRule rule, String detail) {
    /** A finding. */
    public GuardFinding {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(detail, "detail");
    }

    @Override
    public String toString() {
        return "the value of version " + version + " " + detail + " (rule " + rule + ")";
    }
}
