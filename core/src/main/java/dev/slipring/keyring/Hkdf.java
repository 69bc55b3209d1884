package dev.slipring.keyring;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF of RFC 5869 over the platform's {@code Mac}. Stateless and thread-safe; arguments are neither kept
 * nor wiped, results belong to the caller, intermediate blocks are wiped.
 *
 * <p>The JDK's own {@code KDF} service is not used: it exists from JDK 25 on only, and refuses a
 * pseudo-random key shorter than the hash, which the envelope format uses on purpose.
 */
public enum Hkdf {
    /** HKDF with HMAC-SHA-256. */
    SHA256("HmacSHA256", 32),
    /** HKDF with HMAC-SHA-512. */
    SHA512("HmacSHA512", 64);

    private final String algorithm;
    private final int hashLength;

    Hkdf(String algorithm, int hashLength) {
        this.algorithm = algorithm;
        this.hashLength = hashLength;
    }

    /**
     * HKDF-Extract: a pseudo-random key of the hash's length.
     *
     * @param salt may be empty, which stands for a string of zeros
     * @param ikm input keying material
     */
    public byte[] extract(byte[] salt, byte[] ikm) {
        return mac(salt.length == 0 ? new byte[hashLength] : salt).doFinal(ikm);
    }

    /**
     * HKDF-Expand: {@code length} bytes from the pseudo-random key {@code prk}.
     *
     * @throws IllegalArgumentException if {@code length} is not in 1 .. 255 times the hash's length
     */
    public byte[] expand(byte[] prk, byte[] info, int length) {
        if (length < 1 || length > 255 * hashLength) {
            throw new IllegalArgumentException("HKDF output of " + length + " bytes is not in 1.." + 255 * hashLength);
        }
        Mac mac = mac(prk);
        byte[] out = new byte[length];
        byte[] block = new byte[0];
        for (int done = 0, counter = 1; done < length; counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            Arrays.fill(block, (byte) 0);
            block = mac.doFinal();
            int take = Math.min(block.length, length - done);
            System.arraycopy(block, 0, out, done, take);
            done += take;
        }
        Arrays.fill(block, (byte) 0);
        return out;
    }

    private Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform lacks " + algorithm, e);
        }
    }
}
