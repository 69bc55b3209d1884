package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.SessionCookie;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The format of {@code cookie-signature}: a value, a dot, and base64 of its HMAC-SHA-256. Express puts {@code s:} in
 * front. The whole is percent-encoded; version 2 of the package {@code cookie} leaves that out where it is not needed.
 */
record DottedScheme(String name, SessionCookie cookie, String prefix) implements IssuingScheme {
    /** What RFC 6265 leaves out of the printable characters in a cookie's value, and the sign of the encoding. */
    private static final String NEEDS_ENCODING = "\",;\\%";

    static DottedScheme express(SessionCookie cookie) {
        return new DottedScheme("express", cookie, "s:");
    }

    static DottedScheme fastify(SessionCookie cookie) {
        return new DottedScheme("fastify", cookie, "");
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
    public @Nullable Candidate candidate(String value, List<byte[]> signatures) {
        String decoded = isPlain(value) ? value : PercentSpelling.decode(value);
        if (decoded == null || !decoded.startsWith(prefix)) {
            return null;
        }
        int dot = decoded.lastIndexOf('.');
        return dot < prefix.length()
                ? null
                : Candidate.of(
                        decoded.substring(prefix.length(), dot),
                        Base64Spelling.BARE.decode(
                                decoded.substring(dot + 1), algorithm().length()));
    }

    @Override
    public ForeignReading open(Candidate candidate, Terms terms) {
        return terms.untimed(candidate.text().getBytes(StandardCharsets.UTF_8), null);
    }

    @Override
    public List<String> signed(String value, MacKey key) {
        return List.of(PercentSpelling.encode(prefix + value + "." + Base64Spelling.BARE.encode(key.sign(value))));
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7F || NEEDS_ENCODING.indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }
}
