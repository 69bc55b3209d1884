package dev.slipring.aws;

import dev.slipring.keyring.SecretValue;
import java.util.Objects;
import java.util.function.Function;

/**
 * How a value lies in Secrets Manager, where plain readers see it as it lies: a login as the JSON object with
 * {@code username} and {@code password} that they expect, for instance. One form belongs to a secret for good, since
 * versions never change. Implementations are thread-safe.
 */
public interface StoredForm {
    /**
     * What is stored for {@code value}, which stays the caller's; a new value, which the caller owns and wipes. The
     * same value has to have the same form each time.
     *
     * @throws IllegalArgumentException if it has no such form; the message does not quote it
     */
    SecretValue stored(SecretValue value);

    /**
     * The value that {@code stored}, which stays the caller's, was made from; a new value, which the caller owns and
     * wipes.
     *
     * @throws IllegalArgumentException if it was made from none; the message does not quote it
     */
    SecretValue value(SecretValue stored);

    /** The bytes as they are: as a text if they are one in UTF-8 without control characters. */
    static StoredForm asIs() {
        return of(SecretValue::copy, SecretValue::copy);
    }

    /** A form by two functions, each the other's inverse, which keep what {@link StoredForm} promises. */
    static StoredForm of(Function<SecretValue, SecretValue> stored, Function<SecretValue, SecretValue> value) {
        Objects.requireNonNull(stored, "stored");
        Objects.requireNonNull(value, "value");
        return new StoredForm() {
            @Override
            public SecretValue stored(SecretValue from) {
                return stored.apply(from);
            }

            @Override
            public SecretValue value(SecretValue from) {
                return value.apply(from);
            }
        };
    }
}
