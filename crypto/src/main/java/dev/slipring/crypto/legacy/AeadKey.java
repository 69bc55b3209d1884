package dev.slipring.crypto.legacy;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMSIVBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * A key that opens {@code nonce || ciphertext || tag(16)}. Safe for use by several threads; makes a cipher for each
 * message, since a migration reads each once.
 */
sealed interface AeadKey {
    /** Length of a tag, in bytes. */
    int TAG_LENGTH = 16;

    /** Length of the nonces that all formats but one use, in bytes. */
    int NONCE_LENGTH = 12;

    /** How many bytes a message is longer than its plaintext, with such a nonce. */
    int OVERHEAD = NONCE_LENGTH + TAG_LENGTH;

    /**
     * The plaintext of what stands in {@code in} from {@code offset}, at least nonce and tag, to the end.
     *
     * @throws AEADBadTagException if the message, the associated data or the key is another
     * @throws IllegalStateException if the key was wiped
     */
    byte[] open(byte[] in, int offset, byte[] associatedData) throws AEADBadTagException;

    /** Wipes the key. */
    void wipe();

    /** AES-GCM of the Java platform, with nonces of {@code nonceLength} bytes. */
    record Gcm(WipeableKey key, int nonceLength) implements AeadKey {
        @Override
        public byte[] open(byte[] in, int offset, byte[] associatedData) throws AEADBadTagException {
            try {
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, in, offset, nonceLength));
                cipher.updateAAD(associatedData);
                int sealed = offset + nonceLength;
                return cipher.doFinal(in, sealed, in.length - sealed);
            } catch (AEADBadTagException e) {
                throw e;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES-GCM failed to decrypt", e);
            }
        }

        @Override
        public void wipe() {
            key.destroy();
        }
    }

    /** AES-GCM-SIV (RFC 8452), which the Java platform has not. */
    record GcmSiv(WipeableKey key) implements AeadKey {
        @Override
        public byte[] open(byte[] in, int offset, byte[] associatedData) throws AEADBadTagException {
            byte[] nonce = Arrays.copyOfRange(in, offset, offset + NONCE_LENGTH);
            byte[] bytes = key.getEncoded();
            GCMSIVBlockCipher cipher = new GCMSIVBlockCipher(AESEngine.newInstance());
            try {
                cipher.init(false, new AEADParameters(new KeyParameter(bytes), 8 * TAG_LENGTH, nonce, associatedData));
                int sealed = offset + NONCE_LENGTH;
                byte[] plaintext = new byte[in.length - sealed - TAG_LENGTH];
                cipher.processBytes(in, sealed, in.length - sealed, plaintext, 0);
                cipher.doFinal(plaintext, 0);
                return plaintext;
            } catch (InvalidCipherTextException e) {
                throw new AEADBadTagException("the tag is another");
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }

        @Override
        public void wipe() {
            key.destroy();
        }
    }
}
