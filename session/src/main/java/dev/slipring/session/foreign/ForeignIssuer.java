package dev.slipring.session.foreign;

import dev.slipring.session.SessionCookie;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs sessions as another framework does, for a time in which both applications serve the same users. Which secret
 * signs is always said by name; that the other application accepts it is its owner's business. There is no SHA-1
 * here. Safe for use by several threads.
 *
 * <p>The issuer owns its copy of the secret, and {@link #wipe} ends its use.
 */
public final class ForeignIssuer {
    private static final int MAX_LENGTH = 4096;

    private final IssuingScheme scheme;
    private final ForeignSecret secret;
    private final Duration life;

    private ForeignIssuer(IssuingScheme scheme, ForeignSecret secret, Duration life) {
        this.scheme = scheme;
        this.secret = secret;
        this.life = life;
    }

    /**
     * Prepares an issuer of what {@link ForeignFormats#express} reads.
     *
     * @param cookie the session's
     * @return a builder
     */
    public static Builder express(SessionCookie cookie) {
        return new Builder(DottedScheme.express(cookie));
    }

    /**
     * Prepares an issuer of what {@link ForeignFormats#fastify} reads.
     *
     * @param cookie the session's
     * @return a builder
     */
    public static Builder fastify(SessionCookie cookie) {
        return new Builder(DottedScheme.fastify(cookie));
    }

    /**
     * Prepares an issuer of what {@link ForeignFormats#keygripSha256} reads.
     *
     * @param cookie the session's, without {@code .sig}
     * @return a builder
     */
    public static Builder keygripSha256(SessionCookie cookie) {
        return new Builder(KeygripScheme.of("keygrip-sha256", MacAlgorithm.SHA256, cookie, false));
    }

    /**
     * Signs a session.
     *
     * @param value its identifier, or whatever the framework keeps; for Keygrip not empty, and without blanks, quotes,
     *     commas, semicolons, backslashes and anything beyond ASCII
     * @return the values of the {@code Set-Cookie} headers to send: two for Keygrip, else one
     * @throws IllegalArgumentException if the value has an unpaired surrogate or a character that is not allowed,
     *     or if a cookie's name and value together would have more than 4 096 characters
     * @throws IllegalStateException if the secret was wiped
     */
    public List<String> issue(String value) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException(scheme.label() + ": the value has an unpaired surrogate");
        }
        List<String> values = scheme.signed(value, secret.key());
        List<String> headers = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            SessionCookie cookie = scheme.cookies().get(i);
            int length = cookie.name().length() + values.get(i).length();
            if (length > MAX_LENGTH) {
                throw new IllegalArgumentException(scheme.label() + ": a value of " + value.length()
                        + " characters makes " + length + " of name and value, more than " + MAX_LENGTH);
            }
            headers.add(cookie.set(values.get(i), life));
        }
        return headers;
    }

    /** Overwrites the secret; the issuer cannot be used afterwards. May be called again. */
    public void wipe() {
        secret.wipe();
    }

    @Override
    public String toString() {
        return "ForeignIssuer[" + scheme.label() + ", life " + life + "]";
    }

    /** Collects what a {@link ForeignIssuer} is made of: the secret and the life of the cookie. Not thread-safe. */
    public static final class Builder {
        private final IssuingScheme scheme;
        private @Nullable ForeignSecret secret;
        private @Nullable Duration life;

        private Builder(IssuingScheme scheme) {
            this.scheme = scheme;
        }

        /**
         * The secret that signs, required.
         *
         * @param text as the other application's configuration has it; encoded as UTF-8
         * @return this builder
         * @throws IllegalArgumentException as in {@link #issuedWith(byte[])}, or if the text has an unpaired surrogate
         */
        public Builder issuedWith(String text) {
            byte[] bytes = ForeignSecret.bytes(scheme, text);
            try {
                return issuedWith(bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }

        /**
         * The secret that signs, required.
         *
         * @param bytes copied; they stay the caller's to wipe
         * @return this builder
         * @throws IllegalArgumentException if it has fewer than 16 bytes, or is a published sample or a simple pattern
         */
        public Builder issuedWith(byte[] bytes) {
            ForeignSecret signing = ForeignSecret.of(scheme, bytes);
            if (secret != null) {
                secret.wipe();
            }
            secret = signing;
            return this;
        }

        /**
         * How long browsers keep the cookie, required; of no effect if the cookie lasts until they are closed.
         *
         * @param duration above zero
         * @return this builder
         * @throws IllegalArgumentException if it is not
         */
        public Builder life(Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(scheme.label() + ": life " + duration + " is not above zero");
            }
            life = duration;
            return this;
        }

        /**
         * The issuer. It takes the secret along; the builder has none afterwards.
         *
         * @return the issuer, the caller's to {@link ForeignIssuer#wipe}
         * @throws IllegalStateException if the secret or the life is not set
         */
        public ForeignIssuer build() {
            ForeignSecret signing = secret;
            Duration kept = life;
            if (signing == null || kept == null) {
                throw new IllegalStateException(scheme.label() + ": issuedWith and life are required");
            }
            secret = null;
            return new ForeignIssuer(scheme, signing, kept);
        }
    }
}
