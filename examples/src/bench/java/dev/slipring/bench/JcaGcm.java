package dev.slipring.bench;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The baseline: AES-256-GCM by one reused {@code Cipher} under one key, a random IV before the ciphertext, in one
 * array. It says neither which key it took nor commits to one. Not thread-safe.
 */
final class JcaGcm implements Messages {
    private static final int IV_LENGTH = 12;
    private static final int TAG_LENGTH = 16;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final byte[] aad;
    private final Cipher cipher;

    JcaGcm(byte[] key, byte[] aad) throws GeneralSecurityException {
        this.key = new SecretKeySpec(key, "AES");
        this.aad = aad;
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }

    /**
     * Makes this process one in which long messages have been common: the platform's inner loops are not compiled until
     * they were called often, which a message of 1 MiB does no more than one of 1 KiB; and what is beyond 64 KiB takes a
     * branch of its own, at which what was compiled for shorter ones is thrown away.
     */
    void age() throws GeneralSecurityException {
        byte[] message = new byte[80 << 10];
        for (int i = 0; i < 2_000; i++) {
            decrypt(encrypt(message));
        }
    }

    @Override
    public byte[] encrypt(byte[] plaintext) throws GeneralSecurityException {
        byte[] out = new byte[IV_LENGTH + plaintext.length + TAG_LENGTH];
        byte[] iv = new byte[IV_LENGTH];
        random.nextBytes(iv);
        System.arraycopy(iv, 0, out, 0, IV_LENGTH);
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, iv));
        cipher.updateAAD(aad);
        cipher.doFinal(plaintext, 0, plaintext.length, out, IV_LENGTH);
        return out;
    }

    @Override
    public byte[] decrypt(byte[] message) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, message, 0, IV_LENGTH));
        cipher.updateAAD(aad);
        return cipher.doFinal(message, IV_LENGTH, message.length - IV_LENGTH);
    }
}
