package dev.slipring.session.foreign;

import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.SessionCookie;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signed cookies of Rails: base64 of an envelope and the hexadecimal HMAC of it, percent-encoded. The key comes
 * of {@code secret_key_base} by PBKDF2 with SHA-1, which was usual before Rails 7, or with SHA-256; both are tried.
 */
record RailsScheme(String name, MacAlgorithm algorithm, SessionCookie cookie) implements Scheme {
    private static final byte[] SALT = "signed cookie".getBytes(StandardCharsets.US_ASCII);
    private static final int ITERATIONS = 1000;
    private static final int KEY_BITS = 64 * 8;
    private static final String SEPARATOR = "--";

    static RailsScheme sha1(SessionCookie cookie) {
        return new RailsScheme("rails-sha1", MacAlgorithm.SHA1, cookie);
    }

    static RailsScheme sha256(SessionCookie cookie) {
        return new RailsScheme("rails-sha256", MacAlgorithm.SHA256, cookie);
    }

    @Override
    public List<SessionCookie> cookies() {
        return List.of(cookie);
    }

    @Override
    public boolean isTimed() {
        return false;
    }

    @Override
    public List<byte[]> keys(byte[] secret) {
        CharBuffer decoded;
        try {
            decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(secret));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(label() + ": a secret that is no text in UTF-8", e);
        }
        char[] password = Arrays.copyOf(decoded.array(), decoded.limit());
        Arrays.fill(decoded.array(), '\0');
        try {
            return List.of(pbkdf2(password, "PBKDF2WithHmacSHA1"), pbkdf2(password, "PBKDF2WithHmacSHA256"));
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    @Override
    public @Nullable Candidate candidate(String value, List<byte[]> signatures) {
        String decoded = PercentSpelling.decode(value);
        int end = decoded == null ? -1 : decoded.lastIndexOf(SEPARATOR);
        return decoded == null || end < 0
                ? null
                : Candidate.of(decoded.substring(0, end), mac(decoded.substring(end + SEPARATOR.length())));
    }

    @Override
    public ForeignReading open(Candidate candidate, Terms terms) {
        byte[] json = Base64Spelling.PADDED.decode(candidate.text());
        RailsEnvelope envelope = json == null ? null : RailsEnvelope.parse(json);
        if (envelope == null) {
            return new Refused(RejectionReason.MALFORMED);
        }
        return envelope.purpose().equals("cookie." + cookie.name())
                ? terms.untimed(envelope.message(), envelope.expiresAt())
                : new Refused(RejectionReason.BAD_SIGNATURE);
    }

    private byte @Nullable [] mac(String hex) {
        if (hex.length() != algorithm.length() * 2) {
            return null;
        }
        try {
            byte[] mac = HexFormat.of().parseHex(hex);
            return HexFormat.of().formatHex(mac).equals(hex) ? mac : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] pbkdf2(char[] password, String algorithm) {
        PBEKeySpec spec = new PBEKeySpec(password, SALT, ITERATIONS, KEY_BITS);
        try {
            return SecretKeyFactory.getInstance(algorithm).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform lacks " + algorithm, e);
        } finally {
            spec.clearPassword();
        }
    }
}
