package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import java.util.OptionalLong;

/** Counts what only one version of a secret can open. Implementations are thread-safe. */
@FunctionalInterface
public interface Census {
    /**
     * How many items need {@code version}, counted over every source there is, now.
     *
     * @return empty if a source could not be counted: missing evidence, so the version stays
     */
    OptionalLong remaining(SecretName secret, int version);
}
