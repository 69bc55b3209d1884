package dev.slipring.examples;

import org.jspecify.annotations.Nullable;

/** The demo cannot begin, or not go on. The message is for the person in front of it and names what is wrong. */
final class CannotRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotRunException(String message) {
        this(message, null);
    }

    CannotRunException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
