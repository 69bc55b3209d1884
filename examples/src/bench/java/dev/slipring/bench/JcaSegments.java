package dev.slipring.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The baseline: AES-256-GCM by one reused {@code Cipher} on segments of 16 KiB with counted IVs, between reused arrays.
 * It says neither where the last segment is nor which key it took. Not thread-safe.
 */
final class JcaSegments {
    /** Plaintext in a segment, in bytes. */
    static final int SEGMENT = 16 << 10;

    private static final int SEALED_SEGMENT = SEGMENT + 16;

    private final SecretKeySpec key;
    private final Cipher cipher;
    private final byte[] sealed = new byte[SEALED_SEGMENT];
    private final byte[] opened = new byte[SEGMENT];
    private long stream;

    JcaSegments(byte[] key) throws GeneralSecurityException {
        this.key = new SecretKeySpec(key, "AES");
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }

    /** Encrypts {@code plaintext}, whole segments, under IVs that were not used before. */
    void encrypt(byte[] plaintext, OutputStream sink) throws GeneralSecurityException, IOException {
        stream++;
        for (int at = 0; at < plaintext.length; at += SEGMENT) {
            cipher.init(Cipher.ENCRYPT_MODE, key, iv(at / SEGMENT));
            sink.write(sealed, 0, cipher.doFinal(plaintext, at, SEGMENT, sealed, 0));
        }
    }

    /** Decrypts what was encrypted last. */
    void decrypt(InputStream source, OutputStream sink) throws GeneralSecurityException, IOException {
        for (int index = 0; source.readNBytes(sealed, 0, SEALED_SEGMENT) == SEALED_SEGMENT; index++) {
            sink.write(opened, 0, open(index));
        }
    }

    /** One segment of what was encrypted last, from its place in {@code message}; valid until the next call. */
    byte[] segment(byte[] message, int index) throws GeneralSecurityException {
        System.arraycopy(message, index * SEALED_SEGMENT, sealed, 0, SEALED_SEGMENT);
        open(index);
        return opened;
    }

    private int open(int index) throws GeneralSecurityException {
        cipher.init(Cipher.DECRYPT_MODE, key, iv(index));
        return cipher.doFinal(sealed, 0, SEALED_SEGMENT, opened, 0);
    }

    private GCMParameterSpec iv(int segment) {
        byte[] iv = ByteBuffer.allocate(12).putLong(stream).putInt(segment).array();
        return new GCMParameterSpec(128, iv);
    }
}
