package dev.slipring.rotation;

import dev.slipring.keyring.SlipringException;
import org.jspecify.annotations.Nullable;

/**
 * An issuer did not do what was asked, or did not answer. The step is tried again with back-off. The
 * message and the causes must hold no secret material: issuers scrub what their client libraries say.
 */
public class IssuerException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /** A failure that {@code message} describes. */
    public IssuerException(String message) {
        super(message, null);
    }

    /** A failure with a cause whose own message is free of secret material. */
    public IssuerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
