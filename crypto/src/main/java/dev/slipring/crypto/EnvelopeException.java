package dev.slipring.crypto;

import dev.slipring.keyring.SlipringException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An envelope could not be opened, rewrapped or made; {@link #failure()} says why. The message names the
 * ring, the version and the bound, and holds nothing of the envelope's content.
 */
public final class EnvelopeException extends SlipringException {
    private static final long serialVersionUID = 1L;

    /** What went wrong: a closed set, in the order in which the checks are made. */
    private final Failure failure;

    /** Why an envelope was refused. */
    public enum Failure {
        /** Not an envelope, or one with an impossible length or field. Plaintext ends here. */
        MALFORMED,
        /** Of a format version, suite or mode that is not read here: unknown, without its engine, or no stream. */
        UNSUPPORTED,
        /** Wrapped by a ring that this encryptor was not built with. */
        WRONG_RING,
        /** Wrapped by a version that this replica has not seen yet; a refresh was asked for, so retry. */
        UNKNOWN_VERSION,
        /** Wrapped by a version that is being or has been revoked. */
        DISABLED,
        /** Wrapped by a version whose value is erased: the payload cannot be recovered. */
        DESTROYED,
        /** In reference mode: the store has no record of the data key. It is looked for again after a few seconds. */
        KEY_NOT_FOUND,
        /**
         * The key is there and cannot be had now: the version's value cannot serve as one, or a remote key or the store
         * of data keys does not answer. Retry.
         */
        KEY_UNAVAILABLE,
        /** Changed since it was made, or opened with another context: the two look the same, on purpose. */
        TAMPERED
    }

    /**
     * An exception that says why.
     *
     * @param failure the first check that failed
     * @param message names what was refused, and holds nothing of its content
     */
    public EnvelopeException(Failure failure, String message) {
        this(failure, message, null);
    }

    EnvelopeException(Failure failure, @Nullable String message, @Nullable Throwable cause) {
        super(String.valueOf(message), cause);
        this.failure = Objects.requireNonNull(failure, "failure");
    }

    /**
     * What went wrong.
     *
     * @return the first check that failed
     */
    public Failure failure() {
        return failure;
    }

    static EnvelopeException malformed(String message) {
        return new EnvelopeException(Failure.MALFORMED, message);
    }

    static EnvelopeException unsupported(String message) {
        return new EnvelopeException(Failure.UNSUPPORTED, message);
    }

    static EnvelopeException tampered() {
        return new EnvelopeException(
                Failure.TAMPERED, "the envelope was changed since it was made, or has another context");
    }
}
