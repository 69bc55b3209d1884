package dev.slipring.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The alphabet of base64url: what a digit is worth, without an allocation. Whole arrays are the JDK's business. */
final class Base64Url {
    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGITS = new byte[256];
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Eight bytes of 1; a byte times this is eight of that byte. */
    private static final long EACH = 0x0101_0101_0101_0101L;

    private static final long TOP_BITS = EACH << 7;

    static {
        Arrays.fill(DIGITS, (byte) -1);
        for (int i = 0; i < ALPHABET.length; i++) {
            DIGITS[ALPHABET[i]] = (byte) i;
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

    /** Writes the low 24 bits of {@code group} as four characters. */
    static void write(int group, byte[] text, int at) {
        text[at] = ALPHABET[group >>> 18 & 0x3F];
        text[at + 1] = ALPHABET[group >>> 12 & 0x3F];
        text[at + 2] = ALPHABET[group >>> 6 & 0x3F];
        text[at + 3] = ALPHABET[group & 0x3F];
    }

    /** Whether all bytes up to {@code to} belong to the alphabet. */
    static boolean isMadeOf(byte[] bytes, int from, int to) {
        long good = TOP_BITS;
        int at = from;
        for (int last = to - Long.BYTES; at <= last; at += Long.BYTES) {
            good &= good((long) LONG.get(bytes, at));
        }
        int digits = 0;
        for (; at < to; at++) {
            digits |= digit(bytes[at] & 0xFF);
        }
        return (good & TOP_BITS) == TOP_BITS && digits >= 0;
    }

    /**
     * Eight bytes at a time: the top bit of each is set in the result if all belong to the alphabet, and is clear in
     * at least one if not. Adding moves a bound of each range to 0x80. A byte of 0x80 or more may carry into the
     * next, but such a byte is bad itself.
     */
    private static long good(long x) {
        long lowerCase = x | 0x20 * EACH;
        long letter = (lowerCase + (0x80 - 'a') * EACH) & ~(lowerCase + (0x7F - 'z') * EACH);
        long number = (x + (0x80 - '0') * EACH) & ~(x + (0x7F - '9') * EACH);
        long neither = ((x ^ '-' * EACH) + 0x7F * EACH) & ((x ^ '_' * EACH) + 0x7F * EACH);
        return (letter | number | ~neither) & ~x;
    }
}
