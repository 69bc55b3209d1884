package dev.slipring.store;

import dev.slipring.keyring.SlipringException;
import org.jspecify.annotations.Nullable;

/** A stored record or value is damaged, belongs to another secret, or needs a newer build. Nothing was changed. */
public final class UnusableRecordException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /** {@code message} names the place and what is wrong with it. */
    public UnusableRecordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
