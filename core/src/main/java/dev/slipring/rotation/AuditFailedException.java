package dev.slipring.rotation;

import dev.slipring.keyring.SlipringException;

/** An audit sink did not keep an event, so what that event announced was not done; it will be tried again. */
public final class AuditFailedException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /** A failure that {@code message} describes, with what the sink threw. */
    public AuditFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
