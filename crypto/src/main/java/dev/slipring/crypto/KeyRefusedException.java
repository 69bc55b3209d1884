package dev.slipring.crypto;

import dev.slipring.keyring.SlipringException;
import org.jspecify.annotations.Nullable;

/** A remote KEK says that it did not wrap what it was given, or not for this binding. Asking again changes nothing. */
public final class KeyRefusedException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /**
     * A refusal.
     *
     * @param message names the key and what it said; no material
     * @param cause what the service answered, if there is something
     */
    public KeyRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
