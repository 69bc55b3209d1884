package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.SessionCookie;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of Flask, signed by itsdangerous from 1.1 on: packed JSON, a time and an HMAC-SHA-1 in base64url,
 * between dots.
 */
record FlaskScheme(SessionCookie cookie) implements Scheme {
    private static final String SALT = "cookie-session";
    private static final int MOST_TIME_BYTES = 5;

    @Override
    public String name() {
        return "flask-sha1";
    }

    @Override
    public List<SessionCookie> cookies() {
        return List.of(cookie);
    }

    @Override
    public MacAlgorithm algorithm() {
        return MacAlgorithm.SHA1;
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public List<byte[]> keys(byte[] secret) {
        MacKey root = MacKey.consuming(secret.clone(), algorithm());
        try {
            return List.of(root.sign(SALT));
        } finally {
            root.wipe();
        }
    }

    @Override
    public @Nullable Candidate candidate(String value, List<byte[]> signatures) {
        int end = value.lastIndexOf('.');
        if (end < 0) {
            return null;
        }
        String text = value.substring(0, end);
        return time(text) == null
                ? null
                : Candidate.of(
                        text,
                        Base64Spelling.URL.decode(
                                value.substring(end + 1), algorithm().length()));
    }

    @Override
    public ForeignReading open(Candidate candidate, Terms terms) {
        String text = candidate.text();
        byte[] payload = PackedJson.unpack(text.substring(0, text.lastIndexOf('.')));
        Instant issuedAt = time(text);
        return payload == null || issuedAt == null
                ? new Refused(RejectionReason.MALFORMED)
                : terms.timed(payload, issuedAt);
    }

    /** The time at the end of {@code text}, big endian without leading zeros; null if there is none. */
    private static @Nullable Instant time(String text) {
        int dot = text.lastIndexOf('.');
        byte[] time = dot < 0 ? null : Base64Spelling.URL.decode(text.substring(dot + 1));
        return time == null || time.length == 0 || time.length > MOST_TIME_BYTES || time[0] == 0
                ? null
                : Instant.ofEpochSecond(new BigInteger(1, time).longValueExact());
    }
}
