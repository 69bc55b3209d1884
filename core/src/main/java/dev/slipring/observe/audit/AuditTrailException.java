package dev.slipring.observe.audit;

import dev.slipring.keyring.SlipringException;
import org.jspecify.annotations.Nullable;

/** An audit trail could not be written or read: no space, no permission, a lock, a last line that is not its own. */
public final class AuditTrailException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /** A failure that {@code message} describes, which names the path. */
    public AuditTrailException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
