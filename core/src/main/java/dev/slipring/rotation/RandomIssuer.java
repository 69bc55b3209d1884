package dev.slipring.rotation;

import dev.slipring.keyring.SecretValue;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.function.Function;

/**
 * Random values that are valid by being known: session keys, KEKs. Draws from the platform's
 * {@link SecureRandom}. Immutable and thread-safe.
 */
public final class RandomIssuer implements SecretIssuer {
    /** The least length: 256 bits. */
    public static final int MIN_LENGTH = 32;

    /** Two equal draws in a row mean a broken generator or identifier, not bad luck. */
    private static final int DRAWS = 16;

    private final int length;
    private final Function<SecretValue, ?> identity;
    private final SecureRandom random = new SecureRandom();

    private RandomIssuer(int length, Function<SecretValue, ?> identity) {
        this.length = length;
        this.identity = identity;
    }

    /**
     * Values of {@code length} random bytes.
     *
     * @throws IllegalArgumentException if the length is not in {@value #MIN_LENGTH} .. {@link SecretValue#MAX_LENGTH}
     */
    public static RandomIssuer bytes(int length) {
        if (length < MIN_LENGTH || length > SecretValue.MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a random secret has " + MIN_LENGTH + " to " + SecretValue.MAX_LENGTH + " bytes, not " + length);
        }
        return new RandomIssuer(length, value -> value);
    }

    /** The same, drawing again when a value has the same short identifier as another version's. */
    public RandomIssuer distinctBy(Function<SecretValue, ?> identifier) {
        return new RandomIssuer(length, Objects.requireNonNull(identifier, "identifier"));
    }

    @Override
    public IssuerTraits traits() {
        return IssuerTraits.NONE;
    }

    @Override
    public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
        for (int i = 0; i < DRAWS; i++) {
            SecretValue value = draw();
            Object id = identity.apply(value);
            if (existing.stream().noneMatch(other -> identity.apply(other).equals(id))) {
                return value;
            }
            value.wipe();
        }
        throw new IssuerException("secret " + issuance.secret() + ": " + DRAWS
                + " random values in a row had the identifier of another version");
    }

    /** There is nothing to install: does nothing. */
    @Override
    public void install(Issuance issuance, SecretValue value) {}

    /** A random value cannot be tried: never called, since the traits say so. */
    @Override
    public ProbeVerdict probe(Issuance issuance, SecretValue value) {
        return ProbeVerdict.INCONCLUSIVE;
    }

    /** A random value is revoked by no longer being accepted: does nothing. */
    @Override
    public void revoke(Issuance issuance) {}

    /** Nobody can tell: never called, since the traits say so. */
    @Override
    public UseReport use(Issuance issuance) {
        return UseReport.UNKNOWN;
    }

    private SecretValue draw() {
        byte[] bytes = new byte[length];
        try {
            random.nextBytes(bytes);
            return SecretValue.copyOf(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
