package dev.slipring.store;

import dev.slipring.keyring.SlipringException;
import org.jspecify.annotations.Nullable;

/** A store did not answer, or may not be used. What was read before stays in use. */
public final class StoreUnavailableException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /** {@code message} names the place and what is wrong with it. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
