package dev.slipring.session;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How a payload is spelled in a token: as it is, if it is not empty and all of it belongs to the base64url
 * alphabet; otherwise as a tilde and its base64url. So each payload has exactly one spelling, and checking one
 * allocates nothing unless it is long.
 */
final class PayloadSpelling {
    private static final char ENCODED = '~';

    /** Up to so many characters are checked one by one; beyond, a copy is checked faster than they are. */
    private static final int IN_PLACE = 128;

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private PayloadSpelling() {}

    /** Number of characters that spell {@code payload}, which {@linkplain #isPlain is plain} or not. */
    static long length(byte[] payload, boolean plain) {
        return plain ? payload.length : 1 + (payload.length * 4L + 2) / 3;
    }

    /** Writes the spelling to {@code token} at {@code at}; what stands before {@code at} may be lost. */
    static void write(byte[] payload, boolean plain, byte[] token, int at) {
        if (plain) {
            System.arraycopy(payload, 0, token, at, payload.length);
        } else {
            // The JDK encodes to the start of an array only; moving is cheaper than a second array.
            int length = ENCODER.encode(payload, token);
            System.arraycopy(token, 0, token, at + 1, length);
            token[at] = ENCODED;
        }
    }

    /** Whether the characters up to {@code to}, at least one, are the spelling of a payload. */
    static boolean isLegal(String token, int from, int to) {
        return token.charAt(from) == ENCODED ? isEncoded(token, from + 1, to) : isPlain(token, from, to);
    }

    /** The payload that a legal spelling stands for. */
    static byte[] read(String token, int from, int to) {
        boolean encoded = token.charAt(from) == ENCODED;
        byte[] spelled = ascii(token, encoded ? from + 1 : from, to);
        return encoded ? Base64.getUrlDecoder().decode(spelled) : spelled;
    }

    /** Whether {@code payload} is spelled as it is. */
    static boolean isPlain(byte[] payload) {
        return payload.length > 0 && Base64Url.isMadeOf(payload, 0, payload.length);
    }

    private static boolean isPlain(String token, int from, int to) {
        if (to - from > IN_PLACE) {
            // What does not fit a byte becomes ?, and so does a surrogate pair, which makes the copy shorter.
            byte[] copy = token.getBytes(StandardCharsets.ISO_8859_1);
            return copy.length == token.length() && Base64Url.isMadeOf(copy, from, to);
        }
        int digits = 0;
        for (int i = from; i < to; i++) {
            digits |= Base64Url.digit(token.charAt(i));
        }
        return digits >= 0;
    }

    /** Whether the digits are canonical, and stand for bytes that cannot be spelled as they are. */
    private static boolean isEncoded(String token, int from, int to) {
        int end = to - (to - from) % 4;
        boolean needed = from == to;
        int at = from;
        for (; at < end && !needed; at += 4) {
            int group = Base64Url.group(token, at);
            if (group < 0) {
                return false;
            }
            needed = isForeign(group >>> 16) || isForeign(group >>> 8) || isForeign(group);
        }
        return isPlain(token, at, end)
                && switch (to - end) {
                    case 0 -> needed;
                    case 1 -> false;
                    default -> isEnd(token, end, to, needed);
                };
    }

    /** The same for the last two digits, one byte and four bits of slack, or three, two bytes and two bits. */
    private static boolean isEnd(String token, int at, int to, boolean needed) {
        int slack = to - at == 2 ? 4 : 2;
        int bits = 0;
        for (int i = at; i < to; i++) {
            bits = (bits << 6) | Base64Url.digit(token.charAt(i));
        }
        int bytes = bits >> slack;
        return bits >= 0
                && bytes << slack == bits
                && (needed || isForeign(bytes) || (slack == 2 && isForeign(bytes >>> 8)));
    }

    private static boolean isForeign(int bits) {
        return Base64Url.digit(bits & 0xFF) < 0;
    }

    @SuppressWarnings("deprecation") // getBytes drops the high byte of each character, here known to be zero
    private static byte[] ascii(String token, int from, int to) {
        byte[] bytes = new byte[to - from];
        token.getBytes(from, to, bytes, 0);
        return bytes;
    }
}
