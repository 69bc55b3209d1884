package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionUse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import org.jspecify.annotations.Nullable;

/**
 * A KEK of this process: wraps data keys with AES-256-KWP (RFC 5649), which is the same each time and knows nothing of
 * what the data key is for; the commitment binds that. Safe for use by several threads.
 */
final class Kek extends WrappingKey {
    /** Shortest value of a ring, in bytes. */
    static final int MIN_VALUE = 32;

    private static final byte[] SALT = "slipring/envelope/e1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INFO = "kek".getBytes(StandardCharsets.US_ASCII);
    private static final int WRAPPED_LENGTH = DataKey.LENGTH + 8;

    private final AesKey key;
    private final CipherPool ciphers = CipherPool.of("AES/KWP/NoPadding");

    /** The key of no secret in use: one that only tests itself. */
    Kek(int ringId, int version, AesKey key) {
        this(ringId, version, key, null);
    }

    /** A key of a secret that is told, through {@code use}, what was produced. */
    Kek(int ringId, int version, AesKey key, @Nullable VersionUse use) {
        super(ringId, version, use);
        this.key = key;
    }

    /** The key that the value of a ring's version stands for. */
    static AesKey derive(SecretValue value) {
        byte[] prk = value.reveal(bytes -> Hkdf.SHA256.extract(SALT, bytes));
        try {
            return new AesKey(Hkdf.SHA256.expand(prk, INFO, DataKey.LENGTH));
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }

    boolean has(AesKey other) {
        return key.sameAs(other);
    }

    @Override
    byte[] wrap(byte[] dek, Suite suite, byte[] commitment) {
        return wrap(dek);
    }

    @Override
    byte[] unwrap(WrappedKey wrapped) {
        return unwrap(wrapped.wrapped());
    }

    @Override
    boolean remote() {
        return false;
    }

    /** {@code dek} wrapped: 40 bytes, the same each time. */
    byte[] wrap(byte[] dek) {
        try {
            return apply(Cipher.ENCRYPT_MODE, dek);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-KWP failed to wrap", e);
        }
    }

    /**
     * The DEK in {@code wrapped}, owned and wiped by the caller.
     *
     * @throws EnvelopeException {@code MALFORMED} if no local key wraps to that length, {@code TAMPERED} if
     *     this key did not wrap it, or did not wrap a DEK
     */
    byte[] unwrap(byte[] wrapped) {
        if (wrapped.length != WRAPPED_LENGTH) {
            throw EnvelopeException.malformed("a wrapped key of " + wrapped.length + " bytes, not " + WRAPPED_LENGTH);
        }
        byte[] dek;
        try {
            dek = apply(Cipher.DECRYPT_MODE, wrapped);
        } catch (IllegalBlockSizeException | BadPaddingException | ProviderException e) {
            throw EnvelopeException.tampered();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-KWP failed to unwrap", e);
        }
        if (dek.length != DataKey.LENGTH) {
            Arrays.fill(dek, (byte) 0);
            throw EnvelopeException.tampered();
        }
        return dek;
    }

    @Override
    void wipe() {
        key.destroy();
        ciphers.clear();
    }

    @Override
    boolean wiped() {
        return key.isDestroyed();
    }

    /** Not {@code WRAP_MODE}: unwrapping would leave a copy of the DEK in a key object that cannot be wiped. */
    private byte[] apply(int mode, byte[] input) throws GeneralSecurityException {
        Cipher cipher = ciphers.take();
        try {
            cipher.init(mode, key);
            return cipher.doFinal(input);
        } finally {
            ciphers.give(cipher);
        }
    }
}
