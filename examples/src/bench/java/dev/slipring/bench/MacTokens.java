package dev.slipring.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The baseline: tokens of the fields of {@code s1} by what the JDK has, two accepted keys, one reused {@code Mac} for
 * each. It is told how the payload is spelled and does not check that a token has no other spelling, so it does less
 * than the format asks. Not thread-safe.
 */
final class MacTokens {
    private static final byte[] FORMAT = {'s', '1'};
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final int LIFE = 12 * 60 * 60;
    private static final int SKEW = 30;

    private final boolean plain;
    private final byte[][] keyIds = {{1, 2, 3}, {4, 5, 6}};
    private final Mac[] macs = {mac(1), mac(2)};

    MacTokens(boolean plain) {
        this.plain = plain;
    }

    /** A token under the current key, 0, or the one before, 1. */
    String sign(int key, byte[] payload) {
        int now = (int) (System.currentTimeMillis() / 1000);
        byte[] trailer = new byte[27];
        ByteBuffer.wrap(trailer).put(keyIds[key]).putInt(now).putInt(now + LIFE);
        System.arraycopy(tag(macs[key], trailer, payload), 0, trailer, 11, 16);
        String spelled =
                plain ? new String(payload, StandardCharsets.ISO_8859_1) : "~" + ENCODER.encodeToString(payload);
        return "s1." + spelled + "." + ENCODER.encodeToString(trailer);
    }

    /** What the token says, or null. */
    Opened verify(String token) {
        int dot = token.lastIndexOf('.');
        if (!token.startsWith("s1.") || dot < 4) {
            return null;
        }
        byte[] trailer = DECODER.decode(token.substring(dot + 1));
        int key = key(trailer);
        if (trailer.length != 27 || key < 0) {
            return null;
        }
        byte[] payload = token.charAt(3) == '~'
                ? DECODER.decode(token.substring(4, dot))
                : token.substring(3, dot).getBytes(StandardCharsets.ISO_8859_1);
        byte[] tag = tag(macs[key], trailer, payload);
        if (!MessageDigest.isEqual(Arrays.copyOf(tag, 16), Arrays.copyOfRange(trailer, 11, 27))) {
            return null;
        }
        ByteBuffer times = ByteBuffer.wrap(trailer, 3, 8);
        long issuedAt = Integer.toUnsignedLong(times.getInt());
        long expiresAt = Integer.toUnsignedLong(times.getInt());
        long now = System.currentTimeMillis() / 1000;
        return issuedAt > now + SKEW || expiresAt <= now - SKEW ? null : new Opened(payload, issuedAt, expiresAt, key);
    }

    private int key(byte[] trailer) {
        for (int key = 0; key < keyIds.length; key++) {
            if (Arrays.equals(keyIds[key], 0, 3, trailer, 0, 3)) {
                return key;
            }
        }
        return -1;
    }

    private static byte[] tag(Mac mac, byte[] trailer, byte[] payload) {
        mac.update(FORMAT);
        mac.update(trailer, 0, 11);
        mac.update(payload);
        return mac.doFinal();
    }

    static Mac mac(int seed) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) seed);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a token says. */
    record Opened(byte[] payload, long issuedAt, long expiresAt, int key) {}
}
