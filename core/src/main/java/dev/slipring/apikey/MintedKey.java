package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import java.util.Objects;

/**
 * A key that a service has just made, with the value that it shows this once. Whoever gets it wipes the value. Not a
 * record, since a record would compare and print its components. Immutable.
 */
public final class MintedKey {
    private final String id;
    private final SecretValue value;

    private MintedKey(String id, SecretValue value) {
        this.id = id;
        this.value = value;
    }

    /** The key {@code value}, which its service calls {@code id}. */
    public static MintedKey of(String id, SecretValue value) {
        return new MintedKey(Objects.requireNonNull(id, "id"), Objects.requireNonNull(value, "value"));
    }

    /** What the service calls the unit that is revoked. */
    public String id() {
        return id;
    }

    /** The value. */
    public SecretValue value() {
        return value;
    }

    @Override
    public String toString() {
        return "MintedKey[" + id + "]";
    }
}
