package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of {@code keygrip} in {@code cookies}: the value as it is, and in a second cookie base64url of the HMAC of
 * name and value. {@code cookie-session} packs JSON into the value with base64.
 */
record KeygripScheme(String name, MacAlgorithm algorithm, List<SessionCookie> cookies, boolean packed)
        implements IssuingScheme {
    /** Every value is held against each signature: more of them would make the work grow with the square. */
    private static final int MOST_SIGNATURES = 16;

    static KeygripScheme of(String name, MacAlgorithm algorithm, SessionCookie cookie, boolean packed) {
        return new KeygripScheme(name, algorithm, List.of(cookie, cookie.suffixed(".sig")), packed);
    }

    @Override
    public List<byte[]> signatures(RequestCookies request) {
        List<byte[]> signatures = new ArrayList<>();
        for (String value : request.values(cookies.get(1).name())) {
            byte[] signature = Base64Spelling.URL.decode(value, algorithm.length());
            if (signature != null && signatures.size() < MOST_SIGNATURES) {
                signatures.add(signature);
            }
        }
        return signatures;
    }

    @Override
    public @Nullable Candidate candidate(String value, List<byte[]> signatures) {
        return isLegal(value) ? Candidate.of(text(value), signatures) : null;
    }

    @Override
    public ForeignReading open(Candidate candidate, Terms terms) {
        String value = candidate.text().substring(text("").length());
        byte[] payload = packed ? Base64Spelling.PADDED.decode(value) : value.getBytes(StandardCharsets.UTF_8);
        return payload == null ? new Refused(RejectionReason.MALFORMED) : terms.untimed(payload, null);
    }

    @Override
    public List<String> signed(String value, MacKey key) {
        if (!isLegal(value)) {
            throw new IllegalArgumentException(
                    label() + ": a value of " + value.length() + " characters is empty or has one that is not allowed");
        }
        return List.of(value, Base64Spelling.URL.encode(key.sign(text(value))));
    }

    private String text(String value) {
        return cookies.get(0).name() + "=" + value;
    }

    /**
     * What the package takes; without the empty value, with which it ends a session, quotes, which it drops, and what
     * is beyond ASCII, which does not come back as it was signed.
     */
    private static boolean isLegal(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c >= 0x7F || c == ';') {
                return false;
            }
        }
        return !value.isEmpty() && value.charAt(0) != '"';
    }
}
