package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionUse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
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
    private final CipherPool ciphers;

    /**
     * A key that wraps by {@code ciphers}, which it owns like the key itself.
     *
     * @param use told what was produced; null for the key of no secret in use, one that only tests itself
     */
    Kek(KekVersion of, AesKey key, CipherPool ciphers, @Nullable VersionUse use) {
        super(of.ringId(), of.version(), use);
        this.key = key;
        this.ciphers = ciphers;
    }

    /** The key that the value of a ring's version stands for. */
    static AesKey derive(SecretValue value, CryptoProviders providers) {
        byte[] prk = value.reveal(bytes -> providers.mac(Hkdf.SHA256, SALT).doFinal(bytes));
        try {
            return new AesKey(Hkdf.SHA256.expand(providers.mac(Hkdf.SHA256, prk), INFO, DataKey.LENGTH));
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
        Cipher cipher = ciphers.take();
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key);
            return cipher.doFinal(dek);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.sealing(key, e);
        } finally {
            ciphers.give(cipher);
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
        byte[] dek = apply(wrapped);
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

    /** Not {@code UNWRAP_MODE}, which would leave a copy of the DEK in a key object that cannot be wiped. */
    private byte[] apply(byte[] wrapped) {
        Cipher cipher = ciphers.take();
        boolean ready = false;
        try {
            cipher.init(Cipher.DECRYPT_MODE, key);
            ready = true;
            return cipher.doFinal(wrapped);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.opening(key, ready, e);
        } finally {
            ciphers.give(cipher);
        }
    }
}
