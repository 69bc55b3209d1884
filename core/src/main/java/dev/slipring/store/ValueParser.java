package dev.slipring.store;

import dev.slipring.keyring.SecretValue;

/** Finds a secret's value in a document of another form, such as JSON. Implementations are thread-safe. */
@FunctionalInterface
public interface ValueParser {
    /**
     * The value in {@code document}, which the caller owns.
     *
     * @param document stays the caller's, who wipes it
     * @throws UnusableRecordException if there is none; the message names the field and quotes nothing
     */
    SecretValue parse(byte[] document);
}
