package dev.slipring.crypto;

import java.security.SecureRandom;

/** Unpredictable bytes from the platform's default source. Safe for use by several threads. */
final class RandomBytes {
    private static final SecureRandom SOURCE = new SecureRandom();

    private RandomBytes() {}

    /** A new array of {@code length} random bytes. */
    static byte[] of(int length) {
        byte[] bytes = new byte[length];
        SOURCE.nextBytes(bytes);
        return bytes;
    }
}
