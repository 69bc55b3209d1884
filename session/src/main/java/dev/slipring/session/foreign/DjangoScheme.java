package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.SessionCookie;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The formats of Django's {@code TimestampSigner}: a value, a time in base 62 and base64url of the HMAC-SHA-256 of both,
 * between colons. A key comes of the secret and a salt.
 *
 * @param keyPrefix what stands before the secret
 * @param salts of which each makes a key of its own
 * @param packed whether the value is packed JSON, which needs no quotes in a cookie
 */
record DjangoScheme(String name, SessionCookie cookie, String keyPrefix, List<String> salts, boolean packed)
        implements Scheme {
    private static final String BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int MOST_DIGITS = 7;

    static DjangoScheme cookie(SessionCookie cookie, String salt, boolean legacySalt) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(salt)) {
            throw new IllegalArgumentException("cookie " + cookie.name() + ": a salt with an unpaired surrogate");
        }
        int length = salt.codePointCount(0, salt.length());
        List<String> salts = new ArrayList<>();
        salts.add("django.http.cookies.v2:" + length + ":" + salt + cookie.name());
        if (legacySalt) {
            salts.add(cookie.name() + salt);
        }
        String name = legacySalt ? "django-cookie-legacy" : "django-cookie";
        return new DjangoScheme(name, cookie, "django.http.cookies", List.copyOf(salts), false);
    }

    static DjangoScheme sessions(SessionCookie cookie) {
        List<String> salts = List.of("django.contrib.sessions.backends.signed_cookies");
        return new DjangoScheme("django-sessions", cookie, "", salts, true);
    }

    @Override
    public List<SessionCookie> cookies() {
        return List.of(cookie);
    }

    @Override
    public MacAlgorithm algorithm() {
        return MacAlgorithm.SHA256;
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public List<byte[]> keys(byte[] secret) {
        List<byte[]> keys = new ArrayList<>();
        for (String salt : salts) {
            MessageDigest hash = sha256();
            hash.update((salt + "signer" + keyPrefix).getBytes(StandardCharsets.UTF_8));
            keys.add(hash.digest(secret));
        }
        return keys;
    }

    @Override
    public @Nullable Candidate candidate(String value, List<byte[]> signatures) {
        String decoded = packed ? value : PythonQuoting.decode(value);
        int end = decoded == null ? -1 : decoded.lastIndexOf(':');
        if (decoded == null || end < 0) {
            return null;
        }
        String text = decoded.substring(0, end);
        return time(text) < 0
                ? null
                : Candidate.of(
                        text,
                        Base64Spelling.URL.decode(
                                decoded.substring(end + 1), algorithm().length()));
    }

    @Override
    public ForeignReading open(Candidate candidate, Terms terms) {
        String text = candidate.text();
        String value = text.substring(0, text.lastIndexOf(':'));
        byte[] payload = packed ? PackedJson.unpack(value) : value.getBytes(StandardCharsets.UTF_8);
        return payload == null
                ? new Refused(RejectionReason.MALFORMED)
                : terms.timed(payload, Instant.ofEpochSecond(time(text)));
    }

    /** Seconds since 1970 at the end of {@code text}; negative if there are none in their one spelling. */
    private static long time(String text) {
        int start = text.lastIndexOf(':') + 1;
        int digits = text.length() - start;
        if (start == 0 || digits < 1 || digits > MOST_DIGITS || (digits > 1 && text.charAt(start) == '0')) {
            return -1;
        }
        long time = 0;
        for (int i = start; i < text.length(); i++) {
            int digit = BASE_62.indexOf(text.charAt(i));
            if (digit < 0) {
                return -1;
            }
            time = time * BASE_62.length() + digit;
        }
        return time;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java platform lacks SHA-256", e);
        }
    }
}
