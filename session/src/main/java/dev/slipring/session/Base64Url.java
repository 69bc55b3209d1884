package dev.slipring.session;

import java.util.Arrays;

/** The alphabet of base64url: what a digit is worth, without an allocation. Whole arrays are the JDK's business. */
final class Base64Url {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final byte[] DIGITS = new byte[256];

    static {
        Arrays.fill(DIGITS, (byte) -1);
        for (int i = 0; i < ALPHABET.length(); i++) {
            DIGITS[ALPHABET.charAt(i)] = (byte) i;
        }
    }

    private Base64Url() {}

    /** Zero or more if the character or unsigned byte {@code c} belongs to the alphabet, else negative; no branch. */
    static int digit(int c) {
        return DIGITS[c & 0xFF] | -(c >>> 8);
    }

    /** The 24 bits of four characters; negative if one is not of the alphabet. */
    static int group(String text, int from) {
        return (digit(text.charAt(from)) << 18)
                | (digit(text.charAt(from + 1)) << 12)
                | (digit(text.charAt(from + 2)) << 6)
                | digit(text.charAt(from + 3));
    }
}
