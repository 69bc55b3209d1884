package dev.slipring.crypto.legacy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.crypto.EnvelopeException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of Rails' Active Record encryption in their JSON form, as they lie in the columns of
 * {@code encrypts} attributes: AES-256-GCM, deterministic or not, under keys that PBKDF2 with 65536 iterations makes
 * of the application's primary and deterministic keys, or under a data key of the message's own that such a key
 * encrypted. Compressed messages are inflated up to the longest plaintext an envelope holds.
 *
 * <p>A message with a key reference is opened by the key it names, one without by whichever fits, as in Rails. The
 * plaintext is the bytes that Rails encrypted, in the encoding of the attribute, UTF-8 as a rule. No associated data
 * is bound: any but empty is refused as TAMPERED. Safe for use by several threads.
 */
public final class RailsCipher implements LegacyCipher {
    private static final String NAME = "rails";
    private static final byte[] MARK = "{\"p\":\"".getBytes(US_ASCII);

    private final Sunset sunset;
    private final List<Derived> keys;

    /** A key and the reference by which messages may name it. */
    private record Derived(String reference, AeadKey key) {}

    private RailsCipher(Sunset sunset, List<Derived> keys) {
        this.sunset = sunset;
        this.keys = keys;
    }

    /**
     * Prepares a cipher without keys.
     *
     * @param keyDerivationSalt {@code key_derivation_salt} of the application's configuration; copied
     * @param sunset until when it reads
     * @return a builder
     */
    public static Builder builder(byte[] keyDerivationSalt, Sunset sunset) {
        return new Builder(keyDerivationSalt, sunset);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sunset sunset() {
        return sunset;
    }

    @Override
    public Evidence evidence() {
        return Evidence.MARK;
    }

    @Override
    public boolean recognises(byte[] stored) {
        return Marks.begins(stored, MARK);
    }

    @Override
    public byte[] decrypt(byte[] stored, byte[] associatedData) {
        sunset.check(NAME);
        Refusals.requireLength(NAME, stored.length, MARK.length, Refusals.MAX_BASE64);
        RailsMessage message = RailsMessage.parse(NAME, stored);
        byte[] plaintext = open(message, associatedData);
        if (!message.isCompressed()) {
            return plaintext;
        }
        try {
            return Inflation.inflate(NAME, plaintext);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    @Override
    public void close() {
        keys.forEach(derived -> derived.key.wipe());
    }

    @Override
    public String toString() {
        return "RailsCipher[" + keys.size() + " keys, " + sunset + "]";
    }

    private byte[] open(RailsMessage message, byte[] associatedData) {
        RailsMessage wrapped = message.dataKey();
        if (wrapped == null) {
            return openDerived(message, message.keyReference(), associatedData);
        }
        byte[] bytes = openDerived(wrapped, message.keyReference(), new byte[0]);
        if (bytes.length != Builder.KEY_LENGTH) {
            Arrays.fill(bytes, (byte) 0);
            throw Refusals.malformed(NAME, "a data key of " + bytes.length + " bytes");
        }
        AeadKey dataKey = new AeadKey.Gcm(WipeableKey.taking(bytes), AeadKey.NONCE_LENGTH);
        try {
            return dataKey.open(message.sealed(), 0, associatedData);
        } catch (AEADBadTagException e) {
            throw Refusals.tampered(NAME);
        } finally {
            dataKey.wipe();
        }
    }

    private byte[] openDerived(RailsMessage message, @Nullable String reference, byte[] associatedData) {
        byte[] sealed = message.sealed();
        EnvelopeException refusal = Refusals.unknown(NAME, "the key that the message refers to");
        for (Derived derived : keys) {
            if (reference == null || reference.equals(derived.reference)) {
                try {
                    return derived.key.open(sealed, 0, associatedData);
                } catch (AEADBadTagException e) {
                    refusal = Refusals.tampered(NAME);
                }
            }
        }
        throw refusal;
    }

    /** Collects the keys of one application. Each costs 65536 iterations. Not thread-safe. */
    public static final class Builder {
        private static final int KEY_LENGTH = 32;
        private static final int ITERATIONS = 1 << 16;
        private static final int MOST_KEYS = 32;
        private static final int REFERENCE_LENGTH = 4;

        private final byte[] salt;
        private final Sunset sunset;
        private final List<Derived> keys = new ArrayList<>();

        private Builder(byte[] salt, Sunset sunset) {
            if (salt.length == 0) {
                throw new IllegalArgumentException("the key derivation salt is empty");
            }
            this.salt = salt.clone();
            this.sunset = Objects.requireNonNull(sunset, "sunset");
        }

        /**
         * Adds a primary or deterministic key of an application whose {@code hash_digest_class} is SHA-256, as it is
         * from the defaults of Rails 7.1 on.
         *
         * @param secret the key as it is configured, stays the caller's, who wipes it
         * @return this
         * @throws IllegalArgumentException if it is empty, or one of more than 32 keys
         */
        public Builder sha256Key(byte[] secret) {
            return add(secret, new SHA256Digest());
        }

        /**
         * Adds a primary or deterministic key of an application whose {@code hash_digest_class} is SHA-1.
         *
         * @param secret the key as it is configured, stays the caller's, who wipes it
         * @return this
         * @throws IllegalArgumentException if it is empty, or one of more than 32 keys
         */
        public Builder sha1Key(byte[] secret) {
            return add(secret, new SHA1Digest());
        }

        /**
         * The cipher, with all keys given so far.
         *
         * @return the cipher, which wipes the keys when it is closed; use this builder no more
         * @throws IllegalStateException if no key was given
         */
        public RailsCipher build() {
            if (keys.isEmpty()) {
                throw new IllegalStateException("a Rails cipher without keys reads nothing");
            }
            return new RailsCipher(sunset, List.copyOf(keys));
        }

        private Builder add(byte[] secret, Digest digest) {
            if (secret.length == 0 || keys.size() == MOST_KEYS) {
                throw new IllegalArgumentException("an empty key, or one more than " + MOST_KEYS);
            }
            PKCS5S2ParametersGenerator pbkdf2 = new PKCS5S2ParametersGenerator(digest);
            pbkdf2.init(secret, salt, ITERATIONS);
            byte[] key = ((KeyParameter) pbkdf2.generateDerivedMacParameters(8 * KEY_LENGTH)).getKey();
            String reference = HexFormat.of().formatHex(sha1(key)).substring(0, REFERENCE_LENGTH);
            keys.add(new Derived(reference, new AeadKey.Gcm(WipeableKey.taking(key), AeadKey.NONCE_LENGTH)));
            return this;
        }

        private static byte[] sha1(byte[] bytes) {
            try {
                return MessageDigest.getInstance("SHA-1").digest(bytes);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java platform lacks SHA-1", e);
            }
        }
    }
}
