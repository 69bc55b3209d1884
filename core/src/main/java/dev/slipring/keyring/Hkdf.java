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
     * The HMAC that this is made of.
     *
     * @return its standard name, as a provider's {@code Mac} has it
     */
    public String macAlgorithm() {
        return algorithm;
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
        requireLength(length);
        return expand(mac(prk), info, length);
    }

    /**
     * The same by a {@code Mac} that has the pseudo-random key, of any provider: for who expands one key often.
     *
     * @param keyed a {@link #macAlgorithm()} with its key, used by nobody else meanwhile; afterwards as it was
     * @param info what the result is for
     * @param length of the result, in bytes
     * @return the result
     * @throws IllegalArgumentException if {@code length} is not in 1 .. 255 times the hash's length
     */
    public byte[] expand(Mac keyed, byte[] info, int length) {
        requireLength(length);
        byte[] out = new byte[length];
        byte[] block = new byte[0];
        for (int done = 0, counter = 1; done < length; counter++) {
            keyed.update(block);
            keyed.update(info);
            keyed.update((byte) counter);
            Arrays.fill(block, (byte) 0);
            block = keyed.doFinal();
            int take = Math.min(block.length, length - done);
            System.arraycopy(block, 0, out, done, take);
            done += take;
        }
        Arrays.fill(block, (byte) 0);
        return out;
    }

    private void requireLength(int length) {
        if (length < 1 || length > 255 * hashLength) {
            throw new IllegalArgumentException("HKDF output of " + length + " bytes is not in 1.." + 255 * hashLength);
        }
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
