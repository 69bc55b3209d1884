package dev.slipring.session;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(SessionSigner.class);

    private final RotatingSecret secret;
    private final SignerSettings settings;
    private final InstantSource clock;
    private final ReentrantLock deriving = new ReentrantLock();
    private volatile KeyTable table;

    private SessionSigner(RotatingSecret secret, SignerSettings settings, InstantSource clock) {
        this.secret = secret;
        this.settings = settings;
        this.clock = clock;
        table = KeyTable.of(secret.keyring(), settings, secret::use);
        if (!table.flaws().isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", table.flaws()));
        }
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
     * @return the token
     * @throws IllegalArgumentException if the text has an unpaired surrogate, or as in {@link #sign(byte[], Duration)}
     * @throws StaleKeyringException as in {@link #sign(byte[], Duration)}
     */
    public String sign(String payload) {
        return sign(Utf8.encode(payload, "the payload"));
    }

    /**
     * Signs bytes that live as long as the signer allows.
     *
     * @param payload readable by whoever holds the token; not kept
     * @return the token
     * @throws IllegalArgumentException as in {@link #sign(byte[], Duration)}
     * @throws StaleKeyringException as in {@link #sign(byte[], Duration)}
     */
    public String sign(byte[] payload) {
        return issue(payload, settings.maxLife().toSeconds());
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
        return issue(payload, life.toSeconds());
    }

    /**
     * Signs the payload of a valid token anew: issued now, for as long a life as it had.
     *
     * @param valid what {@link #verify} said, here or in another signer for the same cookie and purpose
     * @return the token
     * @throws IllegalArgumentException if {@code valid} comes from a signer for another cookie or purpose, or
     *     as in {@link #sign(byte[], Duration)}
     * @throws StaleKeyringException as in {@link #sign(byte[], Duration)}
     */
    public String renew(Valid valid) {
        if (!valid.isFrom(this)) {
            throw new IllegalArgumentException(
                    "cookie " + settings.cookie() + ": the token is one for another cookie or purpose");
        }
        Claims claims = valid.claims();
        return sign(claims.payload(), Duration.ofSeconds(claims.expiresAt() - claims.issuedAt()));
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
        SignedToken parsed = SignedToken.parse(token);
        if (parsed == null) {
            return new Rejected(RejectionReason.MALFORMED);
        }
        KeyTable keys = keys();
        AcceptedKey key = keys.find(parsed.keyId());
        if (key == null) {
            return unknownKey();
        }
        Claims claims = parsed.claims();
        if (!parsed.isSigned(claims, key.key())) {
            return new Rejected(RejectionReason.BAD_SIGNATURE);
        }
        long now = now();
        RejectionReason objection = keys.acceptance().objection(key, claims, now);
        if (objection != null) {
            return objection == RejectionReason.UNKNOWN_KEY ? unknownKey() : new Rejected(objection);
        }
        AcceptedKey primary = keys.primary();
        boolean resign = !primary.compromised() && keys.acceptance().shouldResign(key, claims, now);
        return new Valid(this, claims, key.version(), resign ? primary : null);
    }

    @Override
    public String toString() {
        return "SessionSigner[cookie " + settings.cookie() + ", " + table.keyring() + "]";
    }

    boolean maySign() {
        return secret.mayProduce();
    }

    boolean signsLike(SessionSigner other) {
        return Arrays.equals(settings.use(), other.settings.use());
    }

    private String issue(byte[] payload, long life) {
        int room = SignedToken.MAX_LENGTH - settings.cookie().length();
        if (payload.length <= room) {
            Claims claims = Claims.issued(payload, now(), life);
            String token = producing().sign(claims);
            if (token.length() <= room) {
                return token;
            }
        }
        throw new IllegalArgumentException("cookie " + settings.cookie() + ": a payload of " + payload.length
                + " bytes makes " + (settings.cookie().length() + SignedToken.length(payload))
                + " characters of name and token, more than " + SignedToken.MAX_LENGTH);
    }

    /** The key that signs now; asking the secret for its primary version throws if nothing may be signed. */
    private AcceptedKey producing() {
        if (!secret.mayProduce()) {
            secret.primary();
        }
        return keys().primary();
    }

    private Verification unknownKey() {
        secret.requestRefresh();
        return new Rejected(RejectionReason.UNKNOWN_KEY);
    }

    private long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }

    private KeyTable keys() {
        KeyTable current = table;
        return current.keyring() == secret.keyring() ? current : derived();
    }

    /** Reads the keyring again under the lock, so that the table never goes back to an older one. */
    private KeyTable derived() {
        deriving.lock();
        try {
            KeyTable before = table;
            Keyring keyring = secret.keyring();
            if (before.keyring() == keyring) {
                return before;
            }
            KeyTable after = before.next(keyring);
            table = after;
            for (String flaw : after.flawsSince(before)) {
                LOG.atError()
                        .addKeyValue("secret", secret.name())
                        .addKeyValue("epoch", keyring.edition().epoch())
                        .log(flaw);
            }
            return after;
        } finally {
            deriving.unlock();
        }
    }

    /** Collects what a {@link SessionSigner} is made of. Not thread-safe. */
    public static final class Builder {
        /** Longest life that may be asked for: what browsers keep a cookie for. */
        private static final Duration LONGEST_LIFE = Duration.ofDays(400);

        private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

        private final RotatingSecret secret;
        private @Nullable String cookie;
        private String purpose = "";
        private @Nullable Duration maxLife;
        private @Nullable Duration skew;
        private InstantSource clock = InstantSource.system();

        private Builder(RotatingSecret secret) {
            this.secret = Objects.requireNonNull(secret, "secret");
        }

        /**
         * The name of the cookie, required. Tokens for one name do not verify for another.
         *
         * @param name a token of RFC 6265, such as {@code __Host-sid}
         * @return this builder
         * @throws IllegalArgumentException if the name is empty, has a character that is not allowed, or leaves no
         *     room for a token
         */
        public Builder cookie(String name) {
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a cookie name of " + name.length() + " characters is not a token of RFC 6265: one or more of"
                                + " letters, digits and ! # $ % & ' * + - . ^ _ ` | ~");
            }
            if (name.length() + SignedToken.MIN_LENGTH > SignedToken.MAX_LENGTH) {
                throw new IllegalArgumentException("a cookie name of " + name.length()
                        + " characters leaves no room for a token within " + SignedToken.MAX_LENGTH);
            }
            cookie = name;
            return this;
        }

        /**
         * What the tokens are for, where several kinds go by one cookie name; empty unless told.
         *
         * @param text at most 65 535 bytes of UTF-8
         * @return this builder
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
         * @return this builder
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
         * @return this builder
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
         * @return this builder
         */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "clock");
            return this;
        }

        /**
         * A signer on the present snapshot of the secret.
         *
         * @return the signer
         * @throws IllegalStateException if the cookie's name or the longest life is not set
         * @throws IllegalArgumentException if the secret's lifetime T is shorter than the longest life, an accepted
         *     version has fewer than 32 bytes, or two of them share a key id
         */
        public SessionSigner build() {
            if (cookie == null) {
                throw new IllegalStateException("a session signer needs the name of its cookie");
            }
            if (maxLife == null) {
                throw new IllegalStateException("a session signer needs the longest life of a token");
            }
            byte[] use = SessionKey.use(Utf8.encode(cookie, "the cookie name"), Utf8.encode(purpose, "the purpose"));
            return new SessionSigner(secret, new SignerSettings(cookie, use, maxLife, skew), clock);
        }
    }
}
