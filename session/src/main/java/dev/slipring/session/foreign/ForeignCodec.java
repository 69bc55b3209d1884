package dev.slipring.session.foreign;

import dev.slipring.keyring.SecretValue;
import dev.slipring.session.ForeignFormat;
import dev.slipring.session.ForeignReading;
import dev.slipring.session.ForeignReading.Absent;
import dev.slipring.session.ForeignReading.Found;
import dev.slipring.session.ForeignReading.Refused;
import dev.slipring.session.RejectionReason;
import dev.slipring.session.RequestCookies;
import dev.slipring.session.SessionCookie;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the sessions of one cookie of another application, in a format of {@link ForeignFormats}, signed with any of
 * that application's secrets. Keys are derived once, when it is built. Safe for use by several threads, without a lock.
 *
 * <p>A cookie of more than 4 096 characters is malformed, as is any spelling but that of the framework. Nothing in
 * a cookie is looked at before its signature is found good. Sessions that the {@link IssueLookup} does not know are
 * refused as expired.
 *
 * <p>The codec owns its copies of the secrets, and {@link #wipe} ends its use.
 */
public final class ForeignCodec implements ForeignFormat {
    private static final int MAX_LENGTH = 4096;

    private final Scheme scheme;
    private final List<ForeignSecret> secrets;
    private final Instant sunset;
    private final Terms terms;

    private ForeignCodec(Scheme scheme, List<ForeignSecret> secrets, Instant sunset, Terms terms) {
        this.scheme = scheme;
        this.secrets = secrets;
        this.sunset = sunset;
        this.terms = terms;
    }

    @Override
    public String name() {
        return scheme.name();
    }

    @Override
    public Instant sunset() {
        return sunset;
    }

    @Override
    public Duration life() {
        return terms.life();
    }

    @Override
    public List<SessionCookie> cookies() {
        return scheme.cookies();
    }

    @Override
    public boolean isKeyedBy(SecretValue value) {
        return secrets.stream().anyMatch(secret -> secret.is(value));
    }

    /**
     * Looks for a session in this format. The first valid cookie of the name wins; if none is, the reason is that of
     * the first.
     *
     * @param cookies anything at all
     * @return the session, why there is none, or that there is no such cookie
     * @throws IllegalStateException if the secrets were wiped
     */
    @Override
    public ForeignReading read(RequestCookies cookies) {
        List<byte[]> signatures = scheme.signatures(cookies);
        ForeignReading first = null;
        for (String value : new LinkedHashSet<>(cookies.values(cookies().get(0).name()))) {
            ForeignReading reading = read(value, signatures);
            if (reading instanceof Found) {
                return reading;
            }
            first = first == null ? reading : first;
        }
        return first == null ? new Absent() : first;
    }

    /** Overwrites the secrets and the keys; the codec cannot be used afterwards. May be called again. */
    public void wipe() {
        secrets.forEach(ForeignSecret::wipe);
    }

    @Override
    public String toString() {
        return "ForeignCodec[" + scheme.label() + ", " + secrets.size() + " secrets, sunset " + sunset + "]";
    }

    private ForeignReading read(String value, List<byte[]> signatures) {
        Candidate candidate = value.length() > MAX_LENGTH ? null : scheme.candidate(value, signatures);
        if (candidate == null) {
            return new Refused(RejectionReason.MALFORMED);
        }
        return secrets.stream().anyMatch(secret -> secret.hasSigned(candidate))
                ? scheme.open(candidate, terms)
                : new Refused(RejectionReason.BAD_SIGNATURE);
    }

    /**
     * Collects what a {@link ForeignCodec} is made of: secrets, a sunset and a life, and for formats whose cookies do
     * not say when they were issued one way to know it. Not thread-safe.
     */
    public static final class Builder {
        /** Longest life that may be asked for: what browsers keep a cookie for. */
        private static final Duration LONGEST_LIFE = Duration.ofDays(400);

        private final Scheme scheme;
        private final List<ForeignSecret> secrets = new ArrayList<>();
        private @Nullable Instant sunset;
        private @Nullable Duration life;
        private @Nullable Instant assumed;
        private @Nullable IssueLookup lookup;

        Builder(Scheme scheme) {
            this.scheme = scheme;
        }

        /**
         * Adds a secret of the application; at least one is required, and cookies signed with any of them are accepted.
         *
         * @param text as the application's configuration has it; encoded as UTF-8
         * @return this builder
         * @throws IllegalArgumentException as in {@link #secret(byte[])}, or if the text has an unpaired surrogate
         */
        public Builder secret(String text) {
            byte[] bytes = ForeignSecret.bytes(scheme, text);
            try {
                return secret(bytes);
            } finally {
                Arrays.fill(bytes, (byte) 0);
            }
        }

        /**
         * Adds a secret of the application; at least one is required, and cookies signed with any of them are accepted.
         *
         * @param bytes copied; they stay the caller's to wipe
         * @return this builder
         * @throws IllegalArgumentException if it has fewer than 16 bytes, is a published sample or a simple pattern,
         *     was added before, or cannot be a secret of this format. Of a secret of Django the part beyond
         *     {@code django-insecure-} counts
         */
        public Builder secret(byte[] bytes) {
            ForeignSecret secret = ForeignSecret.of(scheme, bytes);
            SecretValue value = SecretValue.copyOf(bytes);
            boolean known = secrets.stream().anyMatch(other -> other.is(value));
            value.wipe();
            if (known) {
                secret.wipe();
                throw new IllegalArgumentException(scheme.label() + ": the same secret twice");
            }
            secrets.add(secret);
            return this;
        }

        /**
         * The moment from which on nothing in this format is accepted, required.
         *
         * @param moment when the application's last session has ended, at the latest
         * @return this builder
         */
        public Builder sunset(Instant moment) {
            sunset = Objects.requireNonNull(moment, "sunset");
            return this;
        }

        /**
         * The longest life of a session in the application, required: {@code SESSION_COOKIE_AGE} of Django,
         * {@code PERMANENT_SESSION_LIFETIME} of Flask, {@code maxAge} of a cookie.
         *
         * @param duration above zero and at most 400 days
         * @return this builder
         * @throws IllegalArgumentException if it is not
         */
        public Builder life(Duration duration) {
            if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST_LIFE) > 0) {
                throw new IllegalArgumentException(
                        scheme.label() + ": life " + duration + " is not above zero and at most 400 days");
            }
            life = duration;
            return this;
        }

        /**
         * Takes all sessions for issued at one moment, as their cookies do not say: best the one at which the
         * application stopped issuing them. Whoever rejects what was issued before a later moment rejects all of them.
         *
         * @param moment the latest at which any of them can have been issued
         * @return this builder
         */
        public Builder assumeIssuedAt(Instant moment) {
            assumed = Objects.requireNonNull(moment, "assumeIssuedAt");
            return this;
        }

        /**
         * Asks the application when a session was issued, as its cookie does not say. Asked only for cookies whose
         * signature is good.
         *
         * @param application a look-up in its session store
         * @return this builder
         */
        public Builder issuedAt(IssueLookup application) {
            lookup = Objects.requireNonNull(application, "issuedAt");
            return this;
        }

        /**
         * The codec. It takes the secrets along; the builder has none afterwards, and wipes them if it fails.
         *
         * @return the codec, the caller's to {@link ForeignCodec#wipe}
         * @throws IllegalStateException if there is no secret, no sunset or no life; if cookies of the format do not
         *     say when they were issued, and it is not either assumed or looked up; or if they do, and it is
         */
        public ForeignCodec build() {
            List<ForeignSecret> taken = List.copyOf(secrets);
            secrets.clear();
            try {
                require(!taken.isEmpty(), "at least one secret is required");
                Instant end = required(sunset, "a sunset is required");
                Duration longest = required(life, "the longest life of a session is required");
                boolean told = assumed != null || lookup != null;
                require(!told || !scheme.isTimed(), "its cookies say when they were issued; nothing may be assumed");
                require(
                        told || scheme.isTimed(),
                        "its cookies do not say when they were issued: assumeIssuedAt or issuedAt is required");
                require(assumed == null || lookup == null, "assumeIssuedAt and issuedAt exclude each other");
                return new ForeignCodec(scheme, taken, end, new Terms(longest, knowledge()));
            } catch (IllegalStateException e) {
                taken.forEach(ForeignSecret::wipe);
                throw e;
            }
        }

        private @Nullable IssueLookup knowledge() {
            Instant moment = assumed;
            return moment == null ? lookup : payload -> Optional.of(moment);
        }

        private <T> T required(@Nullable T value, String rule) {
            if (value == null) {
                throw new IllegalStateException(scheme.label() + ": " + rule);
            }
            return value;
        }

        private void require(boolean kept, String rule) {
            if (!kept) {
                throw new IllegalStateException(scheme.label() + ": " + rule);
            }
        }
    }
}
