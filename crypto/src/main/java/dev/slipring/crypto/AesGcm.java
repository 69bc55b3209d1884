package dev.slipring.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM under one key, with associated data that begins with a fixed prefix. The body is
 * {@code IV(12) || ciphertext || tag(16)}. Safe for use by several threads.
 */
final class AesGcm {
    private static final int IV_LENGTH = 12;
    private static final int TAG_LENGTH = 16;

    /** How many bytes a body is longer than its plaintext. */
    static final int OVERHEAD = IV_LENGTH + TAG_LENGTH;

    private final AesKey key;
    private final byte[] aadPrefix;
    private final CipherPool ciphers = new CipherPool("AES/GCM/NoPadding");

    /** GCM under {@code key}, which {@link #wipe} wipes. */
    AesGcm(AesKey key, byte[] aadPrefix) {
        this.key = key;
        this.aadPrefix = aadPrefix;
    }

    /** Writes the body of {@code plaintext} to {@code out} from {@code offset} on, with an IV that the provider makes. */
    void seal(byte[] plaintext, byte[] aad, byte[] out, int offset) {
        try {
            Cipher cipher = ciphers.take();
            try {
                cipher.init(Cipher.ENCRYPT_MODE, key);
                byte[] iv = cipher.getIV();
                if (iv.length != IV_LENGTH) {
                    throw new IllegalStateException("the provider made an IV of " + iv.length + " bytes");
                }
                System.arraycopy(iv, 0, out, offset, IV_LENGTH);
                finish(cipher, plaintext, aad, out, offset);
            } finally {
                ciphers.give(cipher);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed to encrypt", e);
        }
    }

    /** The same with the IV that stands in {@code out} at {@code offset}: for known answers only. */
    void sealUnderGivenIv(byte[] plaintext, byte[] aad, byte[] out, int offset) {
        try {
            Cipher cipher = ciphers.take();
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, out, offset, IV_LENGTH));
            finish(cipher, plaintext, aad, out, offset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed to encrypt", e);
        }
    }

    /**
     * The plaintext of the body that stands in {@code in} from {@code offset} to the end.
     *
     * @throws AEADBadTagException if the body, the associated data or the key is another
     */
    byte[] open(byte[] in, int offset, byte[] aad) throws AEADBadTagException {
        try {
            Cipher cipher = ciphers.take();
            try {
                cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, in, offset, IV_LENGTH));
                cipher.updateAAD(aadPrefix);
                cipher.updateAAD(aad);
                int sealed = offset + IV_LENGTH;
                return cipher.doFinal(in, sealed, in.length - sealed);
            } finally {
                ciphers.give(cipher);
            }
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed to decrypt", e);
        }
    }

    /** Wipes the key; a call that comes later, or comes in between, ends in {@link AesKey.Wiped}. */
    void wipe() {
        key.destroy();
        ciphers.clear();
    }

    private void finish(Cipher cipher, byte[] plaintext, byte[] aad, byte[] out, int offset)
            throws GeneralSecurityException {
        cipher.updateAAD(aadPrefix);
        cipher.updateAAD(aad);
        cipher.doFinal(plaintext, 0, plaintext.length, out, offset + IV_LENGTH);
    }
}
