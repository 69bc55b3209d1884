package dev.slipring.keyring;

import java.util.Objects;

/**
 * A version together with its value: what a replica signs, encrypts, verifies, opens or logs in with.
 * Immutable and safe for use by several threads; the value belongs to the {@link RotatingSecret} that
 * published it. Not a record, since a record would compare and print its components.
 */
public final class UsableVersion {
    private final SecretVersion version;
    private final SecretValue value;

    private UsableVersion(SecretVersion version, SecretValue value) {
        this.version = Objects.requireNonNull(version, "version");
        this.value = Objects.requireNonNull(value, "value");
    }

    /** {@code version} with its {@code value}. */
    public static UsableVersion of(SecretVersion version, SecretValue value) {
        return new UsableVersion(version, value);
    }

    /** Number of the version, from 1. */
    public int number() {
        return version.number();
    }

    /** The metadata. */
    public SecretVersion version() {
        return version;
    }

    /** The secret bytes. */
    public SecretValue value() {
        return value;
    }

    @Override
    public String toString() {
        return "version " + number() + " " + version.state();
    }
}
