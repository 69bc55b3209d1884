package dev.slipring.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** No answer came, or none that can be used. The message names no address and quotes nothing. */
public final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Fate fate;

    /** What is known of a request without a usable answer. */
    public enum Fate {
        /** The server has not seen it. */
        UNSENT,
        /** It may have happened. */
        UNKNOWN,
        /** The server could not show who it is; another try would end the same way. */
        UNTRUSTED,
        /** It may have happened, and the answer is longer than is taken; so would the next one be. */
        TOO_LONG
    }

    /** A request that was lost; {@code cause} may quote the answer. */
    public LostException(String message, Fate fate, @Nullable Throwable cause) {
        super(message, cause);
        this.fate = Objects.requireNonNull(fate, "fate");
    }

    /** What is known of the request. */
    public Fate fate() {
        return fate;
    }
}
