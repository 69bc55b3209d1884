package dev.slipring.crypto;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.ValueSealer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Seals values as envelopes, whose KEK is a root key: usually a {@link RootKey}. The primary version of the root key
 * seals, every accepted one opens, and resealing rewraps. A value is bound to its secret and version by the envelope's
 * context.
 *
 * <p>Rewrapping does not cure a root key that others may have: whoever had it and the store has the values, so those
 * are rotated. Safe for use by several threads. The encryptor stays the caller's to close.
 */
public final class EnvelopeValueSealer implements ValueSealer {
    private static final byte[] MAGIC = {(byte) 0xF5, 0x53};

    /** Shorter than any envelope, and longer than the random values that may begin like one by chance. */
    private static final int LEAST = 75;

    private final EnvelopeEncryptor encryptor;

    private EnvelopeValueSealer(EnvelopeEncryptor encryptor) {
        this.encryptor = encryptor;
    }

    /**
     * Seals by {@code encryptor}, whose KEK is the root key.
     *
     * @param encryptor stays the caller's, and serves nothing else
     * @return the sealer
     */
    public static EnvelopeValueSealer of(EnvelopeEncryptor encryptor) {
        return new EnvelopeValueSealer(Objects.requireNonNull(encryptor, "encryptor"));
    }

    @Override
    public SecretValue seal(SecretName secret, int version, SecretValue value) {
        byte[] envelope = opening(
                secret,
                version,
                () -> value.<byte[]>reveal(bytes -> encryptor.encrypt(bytes, context(secret, version))));
        if (envelope.length > SecretValue.MAX_LENGTH) {
            throw new IllegalArgumentException("secret " + secret + " version " + version + ": a value of "
                    + value.length() + " bytes takes " + envelope.length + " when it is sealed, over the limit of "
                    + SecretValue.MAX_LENGTH);
        }
        return SecretValue.copyOf(envelope);
    }

    @Override
    public SecretValue open(SecretName secret, int version, SecretValue sealed) {
        byte[] value = decrypted(secret, version, sealed);
        try {
            return SecretValue.copyOf(value);
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    @Override
    public Optional<SecretValue> reseal(SecretName secret, int version, SecretValue sealed) {
        Arrays.fill(decrypted(secret, version, sealed), (byte) 0); // a rewrap alone would not find a changed payload
        Rewrapped rewrapped = envelope(secret, version, sealed, encryptor::rewrap);
        return rewrapped.changed() ? Optional.of(SecretValue.copyOf(rewrapped.bytes())) : Optional.empty();
    }

    @Override
    public int rootVersion(SecretName secret, int version, SecretValue sealed) {
        Arrays.fill(decrypted(secret, version, sealed), (byte) 0);
        return envelope(secret, version, sealed, encryptor::checkedHeader).kekVersion();
    }

    @Override
    public boolean isSealed(SecretValue stored) {
        return stored.length() >= LEAST && stored.reveal(bytes -> Arrays.mismatch(MAGIC, bytes) == MAGIC.length);
    }

    @Override
    public String toString() {
        return "EnvelopeValueSealer[" + encryptor + "]";
    }

    private byte[] decrypted(SecretName secret, int version, SecretValue sealed) {
        return envelope(secret, version, sealed, bytes -> encryptor.decrypt(bytes, context(secret, version)));
    }

    /** Applies {@code use} to the bytes of {@code sealed}; not wiped, for they are no secret and may be the answer. */
    private static <T> T envelope(SecretName secret, int version, SecretValue sealed, Function<byte[], T> use) {
        byte[] bytes = sealed.copyBytes();
        return opening(secret, version, () -> use.apply(bytes));
    }

    private interface Use<T> {
        T run();
    }

    private static <T> T opening(SecretName secret, int version, Use<T> use) {
        try {
            return use.run();
        } catch (EnvelopeException e) {
            String message = "the value of secret " + secret + " version " + version + ": " + e.getMessage();
            throw switch (e.failure()) {
                case UNKNOWN_VERSION, KEY_UNAVAILABLE -> new StoreUnavailableException(message, e);
                default -> new UnusableRecordException(message, e);
            };
        }
    }

    private static Context context(SecretName secret, int version) {
        return Context.of("slipring", "value", "secret", secret.value(), "version", Integer.toString(version));
    }
}
