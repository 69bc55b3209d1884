package dev.slipring.session;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.session.Verification.Valid;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs session tokens with the primary version of a secret, and verifies them with any accepted version, so that
 * the secret rotates and nobody is logged out.
 *
 * <p>Tokens have the format {@code s1}: a payload, an issue, an expiry and a tag of 16 bytes of HMAC-SHA-256. They are
 * signed, not encrypted. A token is the same for the same payload within one second; to end a single session
 * is the business of the session store that the payload points to. Keys are derived from the secret, the cookie's
 * name and the purpose, so one secret serves several cookies whose tokens do not pass for each other.
 *
 * <p>Safe for use by several threads, with no lock on the path of a request. It follows the secret: keys are derived
 * once for each new snapshot. A later snapshot that {@link Builder#build} would have refused fails no request; it
 * is logged as an error, once. Where the secret's policy is to stop producing when its view is stale, nothing is signed
 * meanwhile and everything is still verified. The secret stays the caller's to close; after that, tokens should
 * not be signed or verified.
 */
public final class SessionSigner {
    private final RotatingSecret secret;
    private final SignerSettings settings;
    private final SignerUsage usage;
    private final LiveKeys keys;
    private final TokenIssuer issuer;
    private final TokenJudge judge;

    private SessionSigner(RotatingSecret secret, SignerSettings settings) {
        this.secret = secret;
        this.settings = settings;
        usage = new SignerUsage(settings, secret::use);
        keys = new LiveKeys(secret, settings, usage);
        issuer = new TokenIssuer(settings, keys);
        judge = new TokenJudge(settings, keys, usage, issuer);
        secret.uses().counting(usage::counts);
        usage.show(secret.uses().measures());
    }

    /**
     * Prepares a signer.
     *
     * @param secret whose versions sign and verify; stays the caller's to close
     * @return a builder that still needs the cookie's name and the longest life
     */
    public static Builder builder(RotatingSecret secret) {
        return new Builder(secret);
    }

    /**
     * Makes the values of a session secret: 32 random bytes, never two with one {@link #keyId}.
     *
     * @return an issuer for {@code Slipring.secret}
     */
    public static RandomIssuer issuer() {
        return RandomIssuer.bytes(SessionKey.MIN_SECRET_LENGTH).distinctBy(SessionSigner::keyId);
    }

    /**
     * The identifier by which tokens name the key that comes of {@code value}, whatever the cookie. Two accepted
     * versions of one secret may not share it: whoever makes a new value draws again if another version has it.
     *
     * @param value a version's value; stays the caller's
     * @return six hexadecimal digits; public, as it stands in every token
     */
    public static String keyId(SecretValue value) {
        byte[] prk = SessionKey.extract(value);
        try {
            return HexFormat.of().formatHex(SessionKey.keyId(prk));
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }

    /**
     * Signs a text that lives as long as the signer allows.
     *
     * @param payload readable by whoever holds the token; encoded as UTF-8, not normalised
     * @throws IllegalArgumentException if the text has an unpaired surrogate, else as {@link #sign(byte[], Duration)}
     */
    public String sign(String payload) {
        return sign(Utf8.encode(payload, "the payload"));
    }

    /**
     * Signs bytes that live as long as the signer allows.
     *
     * @param payload as in {@link #sign(byte[], Duration)}, which says when this fails
     */
    public String sign(byte[] payload) {
        return issuer.issue(payload, settings.maxLife().toSeconds());
    }

    /**
     * Signs bytes that live for {@code life} from now on.
     *
     * @param payload readable by whoever holds the token; not kept
     * @param life at least a second and at most the signer's longest life; a fraction of a second is cut off
     * @return the token, 40 characters longer than a payload of letters, digits, {@code -} and {@code _}
     * @throws IllegalArgumentException if the life is out of range, if the cookie's name and the token together have
     *     more than 4096 characters, or if a time does not fit 32 bits of seconds since 1970
     * @throws StaleKeyringException if the view of the secret is stale and its policy is to stop producing then
     */
    public String sign(byte[] payload, Duration life) {
        if (life.toSeconds() < 1 || life.compareTo(settings.maxLife()) > 0) {
            throw new IllegalArgumentException(
                    "life " + life + " is not between a second and the longest life, " + settings.maxLife());
        }
        return issuer.issue(payload, life.toSeconds());
    }

    /**
     * Signs the payload of a valid token anew: issued now, for as long a life as it had, or for as long as the signer
     * allows if it was a session in a foreign format.
     *
     * @param valid what {@link #verify} said, here or in another signer for the same cookie and purpose
     * @throws IllegalArgumentException if {@code valid} comes from a signer for another cookie or purpose, else
     *     as {@link #sign(byte[], Duration)}
     */
    public String renew(Valid valid) {
        if (!valid.isLike(issuer)) {
            throw new IllegalArgumentException(
                    "cookie " + settings.cookie().name() + ": the token is one for another cookie or purpose");
        }
        Claims claims = valid.claims();
        return valid.format().isPresent()
                ? sign(claims.payload())
                : sign(claims.payload(), Duration.ofSeconds(claims.expiresAt() - claims.issuedAt()));
    }

    /**
     * Says whether {@code token} is in force. Nothing that the token says is believed before its tag is found
     * good; a token that is misspelled or names an unknown key costs next to nothing. An unknown key asks the secret
     * for a refresh in the background.
     *
     * @param token anything, as it came
     * @return valid, or rejected with the first reason found in the order of {@link RejectionReason}
     */
    public Verification verify(String token) {
        return judge.token(token);
    }

    /**
     * Says which of a request's cookies is its session: the first valid one of this signer's name, else the first
     * valid session in a foreign format that has not reached its sunset.
     *
     * @param cookies anything at all, as they came
     * @return empty if no cookie claims to be a session
     */
    public Optional<CookieVerification> verifyCookies(RequestCookies cookies) {
        return judge.cookies(cookies);
    }

    /**
     * What a {@code Set-Cookie} header says to give {@code token} to a browser, which keeps it until it expires.
     *
     * @param token made by this signer or by {@link Valid#resign}
     * @return the header's value, with the attributes of the signer's cookie
     * @throws IllegalArgumentException if it is no token
     */
    public String setCookie(String token) {
        SignedToken parsed = SignedToken.parse(token);
        if (parsed == null) {
            throw new IllegalArgumentException("cookie " + settings.cookie().name() + ": a text of " + token.length()
                    + " characters is no session token");
        }
        long left = parsed.claims().expiresAt() - settings.now();
        return settings.cookie().set(token, Duration.ofSeconds(left));
    }

    /**
     * What {@code Set-Cookie} headers say to end the session in a browser, whatever format it has. Only for somebody
     * who asked for it: no rejection is cause to clear a cookie.
     *
     * @return the values of the headers, one for each cookie
     */
    public List<String> endCookies() {
        List<String> headers = new ArrayList<>();
        headers.add(settings.cookie().end());
        settings.formats().forEach(format -> format.cookies().forEach(cookie -> headers.add(cookie.end())));
        return headers;
    }

    /** The cookie that this signer is for. */
    public SessionCookie cookie() {
        return settings.cookie();
    }

    /**
     * Rejects from now on, in this process and until it ends, every session that began by {@code instant}, and by
     * as much later as clocks may differ. The bound never goes back. Where the secret has a store, the command
     * {@code RejectIssuedBefore} does so in every replica and for good.
     *
     * @param instant usually the present
     */
    public void rejectIssuedBefore(Instant instant) {
        judge.rejectIssuedBefore(instant);
    }

    /**
     * Whether version {@code number} of the secret can go without logging anybody out. Tokens of a version run out
     * {@code g}, the longest life and the skew after it retired; what is in use is rotated so by itself, this tells an
     * operator who does it by hand.
     *
     * @param number of a version, accepted or not
     * @return ready, or what is waited for
     * @throws NoSuchElementException if the secret has no such version
     */
    public DropReadiness readyToDrop(int number) {
        KeyTable table = keys.present();
        return new DropCheck(table.keyring(), secret.stale(), table.acceptance(), settings.now())
                .of(number, usage.lastAccepted(number));
    }

    /** What this signer did since it was built. */
    public SessionStatistics statistics() {
        return usage.statistics();
    }

    @Override
    public String toString() {
        return "SessionSigner[cookie " + settings.cookie().name() + ", " + keys + "]";
    }

    /** Collects what a {@link SessionSigner} is made of. Not thread-safe. */
    public static final class Builder {
        /** Longest life that may be asked for: what browsers keep a cookie for. */
        private static final Duration LONGEST_LIFE = Duration.ofDays(400);

        private final RotatingSecret secret;
        private final List<ForeignFormat> formats = new ArrayList<>();
        private @Nullable SessionCookie cookie;
        private String purpose = "";
        private @Nullable Duration maxLife;
        private @Nullable Duration skew;
        private InstantSource clock = InstantSource.system();
        private Duration warningInterval = Duration.ofHours(1);

        private Builder(RotatingSecret secret) {
            this.secret = Objects.requireNonNull(secret, "secret");
        }

        /**
         * The name of the cookie, required; its attributes are those that are usual for a session. Tokens for one
         * name do not verify for another.
         *
         * @param name a token of RFC 6265, such as {@code __Host-sid}
         * @throws IllegalArgumentException if the name is empty, has a character that is not allowed, or leaves no
         *     room for a token
         */
        public Builder cookie(String name) {
            return cookie(SessionCookie.named(name).build());
        }

        /**
         * The cookie, with attributes of its own.
         *
         * @param value name and attributes
         * @throws IllegalArgumentException if the name leaves no room for a token
         */
        public Builder cookie(SessionCookie value) {
            int length = value.name().length();
            if (length + SignedToken.MIN_LENGTH > SessionCookie.MAX_LENGTH) {
                throw new IllegalArgumentException("a cookie name of " + length
                        + " characters leaves no room for a token within " + SessionCookie.MAX_LENGTH);
            }
            cookie = value;
            return this;
        }

        /**
         * Takes over the sessions of another framework until the format's sunset: they are valid here, and are moved to
         * tokens of this signer. May be called for several, which are tried in order.
         *
         * @param format with the secrets of the application that used it
         * @throws IllegalArgumentException if a format of the same name is taken over already
         */
        public Builder accept(ForeignFormat format) {
            if (formats.stream().anyMatch(other -> other.name().equals(format.name()))) {
                throw new IllegalArgumentException("the foreign format " + format.name() + " is there twice");
            }
            formats.add(format);
            return this;
        }

        /**
         * Least time between two warnings that tokens of a retiring version still come in the last fifth of its overlap;
         * an hour unless told.
         *
         * @param interval not negative; a fraction of a second is cut off
         * @throws IllegalArgumentException if the interval is negative
         */
        public Builder warningInterval(Duration interval) {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("warning interval " + interval + " is negative");
            }
            warningInterval = interval;
            return this;
        }

        /**
         * What the tokens are for, where several kinds go by one cookie name; empty unless told.
         *
         * @param text at most 65 535 bytes of UTF-8
         * @throws IllegalArgumentException if the text is longer or has an unpaired surrogate
         */
        public Builder purpose(String text) {
            int length = Utf8.encode(text, "the purpose").length;
            if (length > 0xFFFF) {
                throw new IllegalArgumentException("a purpose of " + length + " bytes is over the limit of 65535");
            }
            purpose = text;
            return this;
        }

        /**
         * The longest life of a token, required: what {@link SessionSigner#sign(byte[])} gives and what
         * {@link SessionSigner#verify} accepts. May not be longer than the lifetime T of the secret's timing, on
         * which its overlap rests.
         *
         * @param life a second to 400 days; a fraction of a second is cut off
         * @throws IllegalArgumentException if the life is out of range
         */
        public Builder maxLife(Duration life) {
            if (life.toSeconds() < 1 || life.compareTo(LONGEST_LIFE) > 0) {
                throw new IllegalArgumentException("longest life " + life + " is not between a second and 400 days");
            }
            maxLife = life;
            return this;
        }

        /**
         * By how much the clocks of replicas and store may differ; that of the secret's timing unless told.
         *
         * @param difference not negative; rounded up to whole seconds
         * @throws IllegalArgumentException if the difference is negative
         */
        public Builder skew(Duration difference) {
            if (difference.isNegative()) {
                throw new IllegalArgumentException("skew " + difference + " is negative");
            }
            skew = difference;
            return this;
        }

        /**
         * The wall clock that stamps and judges tokens; the system's unless told.
         *
         * @param source safe for use by several threads
         */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "clock");
            return this;
        }

        /**
         * A signer on the present snapshot of the secret.
         *
         * @throws IllegalStateException if the cookie's name or the longest life is not set
         * @throws IllegalArgumentException if the secret's lifetime T is shorter than the longest life; an accepted
         *     version has fewer than 32 bytes, is a known default, or is a secret of a foreign format; two of them
         *     are the same or share a key id; or sessions of a foreign format live longer than the longest life
         */
        public SessionSigner build() {
            if (cookie == null) {
                throw new IllegalStateException("a session signer needs the name of its cookie");
            }
            if (maxLife == null) {
                throw new IllegalStateException("a session signer needs the longest life of a token");
            }
            for (ForeignFormat format : formats) {
                if (format.life().compareTo(maxLife) > 0) {
                    throw new IllegalArgumentException("sessions of the foreign format " + format.name() + " live "
                            + format.life() + ", longer than the longest life of a token, " + maxLife
                            + ": they would be rejected");
                }
            }
            return new SessionSigner(
                    secret,
                    new SignerSettings(cookie, purpose, maxLife, skew, clock, List.copyOf(formats), warningInterval));
        }
    }
}
