package dev.slipring.examples.cli;

import org.jspecify.annotations.Nullable;

/** A command is not carried out. The message is one line for the operator, names the thing and holds no material. */
final class NotDoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Exit exit;

    private NotDoneException(Exit exit, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exit = exit;
    }

    /** The state does not allow it. */
    static NotDoneException refused(String message) {
        return new NotDoneException(Exit.REFUSED, message, null);
    }

    /** It was not asked for in the right way. */
    static NotDoneException usage(String message) {
        return new NotDoneException(Exit.USAGE, message, null);
    }

    /** Something that is needed cannot be opened. */
    static NotDoneException failed(String message, Throwable cause) {
        return new NotDoneException(Exit.FAILED, message, cause);
    }

    Exit exit() {
        return exit;
    }
}
