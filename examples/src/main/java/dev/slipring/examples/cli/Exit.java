package dev.slipring.examples.cli;

import java.util.Locale;

/** How a command ended: its exit code and its word in JSON. */
enum Exit {
    DONE(0, "what was asked is done, or ordered"),
    REFUSED(1, "refused: the state of the secret does not allow it"),
    USAGE(2, "the command line cannot be understood, or nobody confirmed"),
    FAILED(3, "the store or the audit trail failed, or cannot be opened"),
    UNSOUND(4, "a check found something wrong"),
    PENDING(5, "ordered, but not over within --wait"),
    INTERNAL(70, "a fault of this program");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
