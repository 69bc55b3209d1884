package dev.slipring.session;

import dev.slipring.keyring.Hkdf;
import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The key that one value of the secret gives for one use, and the identifier by which tokens name it. Immutable and
 * safe for use by several threads. The key itself is wiped once its hash states are made; those go with this object.
 */
final class SessionKey {
    static final int MIN_SECRET_LENGTH = 32;

    private static final byte[] SALT = ascii("slipring/session/s1");
    private static final int ID_LENGTH = 3;
    private static final int KEY_LENGTH = 32;

    private final SecretValue source;
    private final int id;
    private final HmacState hmac;

    private SessionKey(SecretValue source, int id, HmacState hmac) {
        this.source = source;
        this.id = id;
        this.hmac = hmac;
    }

    /** The key that {@code source} gives for {@code use}. */
    static SessionKey derive(SecretValue source, byte[] use) {
        byte[] prk = extract(source);
        byte[] macKey = macKey(prk, use);
        try {
            ByteBuffer start =
                    ByteBuffer.allocate(2 + ID_LENGTH).put(ascii("s1")).put(keyId(prk));
            int id = start.getInt(start.limit() - Integer.BYTES) & 0xFF_FFFF;
            return new SessionKey(source, id, HmacState.of(macKey, start.array()));
        } finally {
            Arrays.fill(prk, (byte) 0);
            Arrays.fill(macKey, (byte) 0);
        }
    }

    /** What keeps the keys of different cookies and purposes apart. */
    static byte[] use(byte[] cookie, byte[] purpose) {
        return ByteBuffer.allocate(3 + 2 + cookie.length + 2 + purpose.length)
                .put(ascii("mac"))
                .putShort((short) cookie.length)
                .put(cookie)
                .putShort((short) purpose.length)
                .put(purpose)
                .array();
    }

    static byte[] extract(SecretValue source) {
        return source.reveal(ikm -> Hkdf.SHA256.extract(SALT, ikm));
    }

    static byte[] keyId(byte[] prk) {
        return Hkdf.SHA256.expand(prk, ascii("kid"), ID_LENGTH);
    }

    static byte[] macKey(byte[] prk, byte[] use) {
        return Hkdf.SHA256.expand(prk, use, KEY_LENGTH);
    }

    boolean isFrom(SecretValue value) {
        return source.equals(value);
    }

    int id() {
        return id;
    }

    /** The 32 bytes of which a token carries the first 16. */
    byte[] digest(Claims claims) {
        return hmac.digest(claims.times(), claims.payload());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
