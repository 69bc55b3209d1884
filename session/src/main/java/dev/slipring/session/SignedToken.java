package dev.slipring.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A token of format {@code s1}, taken apart and not yet believed:
 *
 * <pre>
 * token = "s1." payload "." base64url(kid(3) || issue(4) || expiry(4) || tag(16))
 * </pre>
 *
 * <p>The last part is 36 characters without slack, so the token is split from its end and every part has one
 * spelling. Parsing allocates one small object, and a copy where the payload is long: forged tokens are cheap to
 * refuse.
 */
final class SignedToken {
    /** Shortest token, which has an empty payload. */
    static final int MIN_LENGTH = 41;

    private static final String PREFIX = "s1.";
    private static final int START = PREFIX.length();
    private static final int TRAILER = 36;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String token;
    private final int keyId;
    private final long times;
    private final long tagHigh;
    private final long tagLow;

    private SignedToken(String token, int keyId, long times, long tagHigh, long tagLow) {
        this.token = token;
        this.keyId = keyId;
        this.times = times;
        this.tagHigh = tagHigh;
        this.tagLow = tagLow;
    }

    /** The parts of {@code token}, or null if it is not spelled as {@link #write} would. */
    static @Nullable SignedToken parse(String token) {
        int length = token.length();
        if (length < MIN_LENGTH || length > SessionCookie.MAX_LENGTH || !token.startsWith(PREFIX)) {
            return null;
        }
        int trailer = length - TRAILER;
        if (token.charAt(trailer - 1) != '.' || !PayloadSpelling.isLegal(token, START, trailer - 1)) {
            return null;
        }
        // The 27 bytes as nine groups of 24 bits; a group is negative if it has an illegal character.
        long g0 = Base64Url.group(token, trailer);
        long g1 = Base64Url.group(token, trailer + 4);
        long g2 = Base64Url.group(token, trailer + 8);
        long g3 = Base64Url.group(token, trailer + 12);
        long g4 = Base64Url.group(token, trailer + 16);
        long g5 = Base64Url.group(token, trailer + 20);
        long g6 = Base64Url.group(token, trailer + 24);
        long g7 = Base64Url.group(token, trailer + 28);
        long g8 = Base64Url.group(token, trailer + 32);
        if ((g0 | g1 | g2 | g3 | g4 | g5 | g6 | g7 | g8) < 0) {
            return null;
        }
        return new SignedToken(
                token,
                (int) g0,
                (g1 << 40) | (g2 << 16) | (g3 >>> 8),
                (g3 << 56) | (g4 << 32) | (g5 << 8) | (g6 >>> 16),
                (g6 << 48) | (g7 << 24) | g8);
    }

    /** The token that says {@code claims}, signed with {@code key}. */
    static String write(Claims claims, SessionKey key) {
        byte[] digest = key.digest(claims);
        long high = (long) LONG.get(digest, 0);
        long low = (long) LONG.get(digest, Long.BYTES);
        long times = claims.times();
        byte[] payload = claims.payload();
        boolean plain = PayloadSpelling.isPlain(payload);
        byte[] token = new byte[(int) length(payload, plain)];
        int at = token.length - TRAILER;
        // The payload first, as it may write where the rest goes.
        PayloadSpelling.write(payload, plain, token, START);
        token[at - 1] = '.';
        Base64Url.write(key.id(), token, at);
        Base64Url.write((int) (times >>> 40), token, at + 4);
        Base64Url.write((int) (times >>> 16), token, at + 8);
        Base64Url.write((int) (times << 8 | high >>> 56), token, at + 12);
        Base64Url.write((int) (high >>> 32), token, at + 16);
        Base64Url.write((int) (high >>> 8), token, at + 20);
        Base64Url.write((int) (high << 16 | low >>> 48), token, at + 24);
        Base64Url.write((int) (low >>> 24), token, at + 28);
        Base64Url.write((int) low, token, at + 32);
        token[0] = 's';
        token[1] = '1';
        token[2] = '.';
        return new String(token, StandardCharsets.ISO_8859_1);
    }

    /** Number of characters of a token for {@code payload}. */
    static long length(byte[] payload) {
        return length(payload, PayloadSpelling.isPlain(payload));
    }

    private static long length(byte[] payload, boolean plain) {
        return START + PayloadSpelling.length(payload, plain) + 1 + TRAILER;
    }

    /** Which key the token names: 24 bits. */
    int keyId() {
        return keyId;
    }

    /** What the token says; nothing of it is to be believed before {@link #isSigned}. */
    Claims claims() {
        return Claims.of(PayloadSpelling.read(token, START, token.length() - TRAILER - 1), times);
    }

    /** Whether the tag is that of {@code key} over {@code claims}; takes the same time wherever the tags differ. */
    boolean isSigned(Claims claims, SessionKey key) {
        byte[] digest = key.digest(claims);
        long high = (long) LONG.get(digest, 0) ^ tagHigh;
        long low = (long) LONG.get(digest, Long.BYTES) ^ tagLow;
        return (high | low) == 0;
    }
}
