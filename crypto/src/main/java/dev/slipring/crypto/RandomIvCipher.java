package dev.slipring.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM, or an algorithm of the same shape, under one key, with associated data that begins with a
 * fixed prefix. The body is {@code IV(12) || ciphertext || tag(16)}. Safe for use by several threads.
 */
final class RandomIvCipher implements PayloadCipher {
    private static final int IV_LENGTH = 12;
    private static final int TAG_LENGTH = 16;

    /** How many bytes a body is longer than its plaintext. */
    static final int OVERHEAD = IV_LENGTH + TAG_LENGTH;

    private final AesKey key;
    private final byte[] aadPrefix;
    private final CipherPool ciphers;
    private final SecureRandom random;

    /**
     * Encryption under {@code key} by {@code ciphers}; {@link #wipe} wipes the one and empties the other.
     *
     * @param random what IVs are made from
     */
    RandomIvCipher(AesKey key, byte[] aadPrefix, CipherPool ciphers, SecureRandom random) {
        this.key = key;
        this.aadPrefix = aadPrefix;
        this.ciphers = ciphers;
        this.random = random;
    }

    /** The IV is one that the provider makes. */
    @Override
    public void seal(byte[] plaintext, byte[] context, byte[] out, int offset) {
        Cipher cipher = ciphers.take();
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, random);
            byte[] iv = cipher.getIV();
            if (iv.length != IV_LENGTH) {
                throw new InvalidAlgorithmParameterException("the provider made an IV of " + iv.length + " bytes");
            }
            System.arraycopy(iv, 0, out, offset, IV_LENGTH);
            finish(cipher, plaintext, context, out, offset);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.sealing(key, e);
        } finally {
            ciphers.give(cipher);
        }
    }

    @Override
    public void sealUnderGivenRandomness(byte[] plaintext, byte[] context, byte[] out, int offset) {
        Cipher cipher = ciphers.take();
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, out, offset, IV_LENGTH));
            finish(cipher, plaintext, context, out, offset);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.sealing(key, e);
        }
    }

    @Override
    public byte[] open(byte[] in, int offset, byte[] context) {
        Cipher cipher = ciphers.take();
        boolean ready = false;
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, in, offset, IV_LENGTH));
            cipher.updateAAD(associated(context));
            ready = true;
            int sealed = offset + IV_LENGTH;
            return cipher.doFinal(in, sealed, in.length - sealed);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.opening(key, ready, e);
        } finally {
            ciphers.give(cipher);
        }
    }

    @Override
    public void wipe() {
        key.destroy();
        ciphers.clear();
    }

    private void finish(Cipher cipher, byte[] plaintext, byte[] context, byte[] out, int offset)
            throws GeneralSecurityException {
        cipher.updateAAD(associated(context));
        cipher.doFinal(plaintext, 0, plaintext.length, out, offset + IV_LENGTH);
    }

    /** In one piece: a cipher that gets it in two buffers what does not fill a block, which costs more than a copy. */
    private byte[] associated(byte[] context) {
        byte[] data = Arrays.copyOf(aadPrefix, aadPrefix.length + context.length);
        System.arraycopy(context, 0, data, aadPrefix.length, context.length);
        return data;
    }
}
