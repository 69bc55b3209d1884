package dev.slipring.vault;

import dev.slipring.keyring.SlipringException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Vault did not do what was asked, or did not answer. */
public final class VaultException extends SlipringException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String operation;
    private final String path;

    /** What went wrong; a closed set. */
    public enum Kind {
        /** The token or the credentials are not valid, or a policy lacks the right. */
        DENIED,
        /** There is no such path, key or namespace. */
        NOT_FOUND,
        /** A ciphertext is none of this key version, or not with this associated data. Asking again changes nothing. */
        REFUSED,
        /** Somebody else has changed it before. */
        CONFLICT,
        /** The server takes the request for wrong, or the key cannot do this. */
        INVALID,
        /** The server is sealed. */
        SEALED,
        /** There were too many requests. */
        THROTTLED,
        /** No answer in time, no connection, or a failure of the server. A write may have happened. */
        UNAVAILABLE,
        /** The answer is too long, or not what the server documents. A write may have happened. */
        UNREADABLE
    }

    VaultException(Kind kind, VaultRequest request, String detail, @Nullable Throwable cause) {
        super(
                "vault " + request.operation() + " at " + request.path() + ": "
                        + kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + detail,
                cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        operation = request.operation();
        path = request.path();
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }

    /** What was asked for, such as {@code decrypt}. */
    public String operation() {
        return operation;
    }

    /** The path below {@code /v1/}, such as {@code transit/decrypt/payments}. */
    public String path() {
        return path;
    }
}
