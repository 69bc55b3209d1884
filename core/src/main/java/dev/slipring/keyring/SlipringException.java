package dev.slipring.keyring;

import org.jspecify.annotations.Nullable;

/**
 * The root of what Slipring throws when the world fails: a store, an issuer, a file. Its leaves are named
 * after the event. Messages name the secret, the version, the place and the bound, and hold no secret material.
 */
public abstract class SlipringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An exception that says {@code message}. */
    protected SlipringException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
