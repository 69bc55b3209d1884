package dev.slipring.aws;

import dev.slipring.keyring.SlipringException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * AWS Secrets Manager did not do what was asked, or did not answer. It is the cause of what a store or a followed secret
 * throws, whose message says where and why.
 */
public final class AwsException extends SlipringException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What went wrong; a closed set. */
    public enum Kind {
        /** The identity is not valid, or a policy lacks the right. */
        DENIED,
        /** There is no such secret, or none of its versions is current. */
        NOT_FOUND,
        /** The secret is scheduled for deletion, or not in a state for this. */
        UNUSABLE,
        /** There were too many requests. */
        THROTTLED,
        /** No answer in time, no connection, or a failure of the service. A write may have happened. */
        UNAVAILABLE,
        /** The service takes the request for wrong, or a limit is reached. */
        REFUSED
    }

    AwsException(Kind kind, String code, @Nullable Throwable cause) {
        super("aws: " + kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + code, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}
