package dev.slipring.bench;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The baseline: the arithmetic of one rewrap by reused objects of the JDK. Unwraps a data key, derives what it gives,
 * compares the commitment and wraps the data key under another key. Not thread-safe.
 */
final class JcaRewrap {
    private static final byte[] INFO = {'s', 'l', 'i', 'p', 'r', 'i', 'n', 'g', '/', 'e', '1', 1, 1};
    private static final int DERIVED = 32;

    private final Cipher unwrapping;
    private final Cipher wrapping;
    private final Mac mac;

    JcaRewrap(byte[] from, byte[] to) throws GeneralSecurityException {
        unwrapping = kwp(Cipher.DECRYPT_MODE, from);
        wrapping = kwp(Cipher.ENCRYPT_MODE, to);
        mac = Mac.getInstance("HmacSHA512");
    }

    /** {@code dek} wrapped under {@code key}, and its commitment. */
    byte[] wrapped(byte[] key, byte[] dek) throws GeneralSecurityException {
        byte[] wrapped = kwp(Cipher.ENCRYPT_MODE, key).doFinal(dek);
        byte[] both = Arrays.copyOf(wrapped, wrapped.length + DERIVED);
        System.arraycopy(derived(dek), DERIVED, both, wrapped.length, DERIVED);
        return both;
    }

    /** The same data key under the other key. */
    byte[] rewrap(byte[] wrappedAndCommitment) throws GeneralSecurityException {
        int wrapped = wrappedAndCommitment.length - DERIVED;
        byte[] dek = unwrapping.doFinal(wrappedAndCommitment, 0, wrapped);
        byte[] claimed = Arrays.copyOfRange(wrappedAndCommitment, wrapped, wrapped + DERIVED);
        if (!MessageDigest.isEqual(claimed, Arrays.copyOfRange(derived(dek), DERIVED, 2 * DERIVED))) {
            throw new IllegalStateException("the commitment is of another key");
        }
        byte[] out = wrappedAndCommitment.clone();
        wrapping.doFinal(dek, 0, dek.length, out, 0);
        return out;
    }

    private byte[] derived(byte[] dek) throws GeneralSecurityException {
        mac.init(new SecretKeySpec(dek, "HmacSHA512"));
        return mac.doFinal(INFO);
    }

    private static Cipher kwp(int mode, byte[] key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/KWP/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"));
        return cipher;
    }
}
