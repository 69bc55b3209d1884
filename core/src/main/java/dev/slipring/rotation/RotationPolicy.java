package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.ACTIVATION;
import static dev.slipring.keyring.TimingParameter.ADOPTION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.LIFETIME;
import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.PUBLISH;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.REVOCATION;
import static dev.slipring.keyring.TimingParameter.SKEW;
import static dev.slipring.keyring.TimingParameter.SOAK;
import static dev.slipring.keyring.TimingParameter.STALENESS;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * When a secret is rotated, and under which timing. A policy whose timing could lock somebody out does not
 * build: the inequalities are listed at {@link Builder#build()}. Immutable.
 *
 * @param kind who produces and who accepts
 * @param retirement what ends the overlap
 * @param timing the durations that safety rests on
 * @param maxAge M: longest time for which one version may stay primary
 * @param retryBudget G: how long before that a rotation must be able to begin again
 * @param longestOutage longest store outage during which replicas go on with what they have
 * @param cachedKeyLife longest time for which a replica uses a key that it derived or unwrapped; a census that
 *     began earlier after the promotion does not count
 */
public record RotationPolicy(
        SecretKind kind,
        Retirement retirement,
        Timing timing,
        Duration maxAge,
        Duration retryBudget,
        Duration longestOutage,
        Duration cachedKeyLife) {

    public RotationPolicy {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(retirement, "retirement");
        Objects.requireNonNull(maxAge, "maxAge");
        Objects.requireNonNull(cachedKeyLife, "cachedKeyLife");
        Inequalities.check(kind, timing, maxAge, retryBudget, longestOutage);
    }

    /**
     * Session signing keys.
     *
     * @param maxAge longest time for which one key signs
     * @param longestSession longest life of a session token
     */
    public static RotationPolicy sessions(Duration maxAge, Duration longestSession) {
        return builder(SecretKind.SELF, maxAge).lifetime(longestSession).build();
    }

    /** Key encryption keys, which retire when a census finds nothing wrapped by them. */
    public static RotationPolicy encryptionKeys(Duration maxAge) {
        return builder(SecretKind.SELF, maxAge).retirement(Retirement.ON_CENSUS).build();
    }

    /** Database logins. */
    public static RotationPolicy logins(Duration maxAge) {
        return builder(SecretKind.OUTBOUND, maxAge).build();
    }

    /** API keys of third parties. */
    public static RotationPolicy apiKeys(Duration maxAge) {
        return builder(SecretKind.OUTBOUND, maxAge).build();
    }

    /** Any other policy; everything that is not said has the default named at its method. */
    public static Builder builder(SecretKind kind, Duration maxAge) {
        return new Builder(kind, maxAge);
    }

    /** How long after a version became primary the schedule begins the next rotation, at the latest. */
    public Duration beginAfter() {
        return maxAge.minus(timing.get(PUBLISH)).minus(retryBudget);
    }

    /** Collects a policy; not thread-safe. Each method checks its own value, {@link #build()} the combination. */
    public static final class Builder {
        private final SecretKind kind;
        private final Duration maxAge;
        private final Map<TimingParameter, Duration> timing = new EnumMap<>(TimingParameter.class);
        private Retirement retirement = Retirement.ON_TIME;
        private Duration longestOutage = Duration.ofHours(12);
        private Duration trafficCycle = Duration.ofHours(24);
        private Duration cachedKeyLife = Duration.ofHours(1);

        private Builder(SecretKind kind, Duration maxAge) {
            this.kind = Objects.requireNonNull(kind, "kind");
            this.maxAge = positive("maxAge", maxAge);
            set(REFRESH, Duration.ofSeconds(60));
            set(STALENESS, Duration.ofMinutes(15));
            set(LAG, Duration.ofSeconds(10));
            set(WRITE_WINDOW, Duration.ofSeconds(5));
            set(ADOPTION, Duration.ofSeconds(30));
            set(SKEW, Duration.ofSeconds(30));
            set(LIFETIME, Duration.ZERO);
            set(ACTIVATION, Duration.ZERO);
            set(REVOCATION, Duration.ZERO);
        }

        /** What ends the overlap; ON_TIME unless told. */
        public Builder retirement(Retirement value) {
            retirement = Objects.requireNonNull(value, "retirement");
            return this;
        }

        /** R: longest interval between two refreshes, jitter included; above zero, 60 s unless told. */
        public Builder refresh(Duration value) {
            return set(REFRESH, positive("refresh (R)", value));
        }

        /** L: age beyond which a replica's view no longer counts as live; at least R, 15 min unless told. */
        public Builder staleness(Duration value) {
            return set(STALENESS, positive("staleness (L)", value));
        }

        /** D: longest time until a write is visible everywhere, C included; 10 s unless told. */
        public Builder lag(Duration value) {
            return set(LAG, positive("lag (D)", value));
        }

        /** C: latest moment after its read at which a write may take effect; below D, 5 s unless told. */
        public Builder writeWindow(Duration value) {
            return set(WRITE_WINDOW, positive("writeWindow (C)", value));
        }

        /** A: from a new snapshot until everything in the replica uses it; 30 s unless told. */
        public Builder adoption(Duration value) {
            return set(ADOPTION, value);
        }

        /** e: largest clock skew; zero where all stamps come from one clock, 30 s unless told. */
        public Builder skew(Duration value) {
            return set(SKEW, value);
        }

        /** T: longest life of anything produced with a version; zero unless told. */
        public Builder lifetime(Duration value) {
            return set(LIFETIME, value);
        }

        /** V: longest time until an installed value works at the issuer; zero unless told. */
        public Builder activation(Duration value) {
            return set(ACTIVATION, value);
        }

        /** X: longest time until a revoked value stops working at the issuer; zero unless told. */
        public Builder revocation(Duration value) {
            return set(REVOCATION, value);
        }

        /** P: from publishing a version to promoting it; unless told, 20 min or, if larger, the least that is safe. */
        public Builder publishDelay(Duration value) {
            return set(PUBLISH, positive("publishDelay (P)", value));
        }

        /**
         * O: from promoting a version to revoking the one before. Unless told, 24 h or, if larger, the least that
         * is safe; just the latter where T is above zero.
         */
        public Builder overlap(Duration value) {
            return set(OVERLAP, positive("overlap (O)", value));
        }

        /** W: from revoking a version to erasing its value; max(X, g) and one traffic cycle unless told. */
        public Builder soak(Duration value) {
            return set(SOAK, positive("soak (W)", value));
        }

        /** The period after which traffic repeats, part of the least soak; 24 h unless told. */
        public Builder trafficCycle(Duration value) {
            trafficCycle = positive("trafficCycle", value);
            return this;
        }

        /** Longest store outage during which replicas go on with what they have; at most O, 12 h unless told. */
        public Builder longestOutage(Duration value) {
            longestOutage = positive("longestOutage", value);
            return this;
        }

        /** Longest life of a key that a replica derived or unwrapped; 1 h unless told. */
        public Builder cachedKeyLife(Duration value) {
            cachedKeyLife = positive("cachedKeyLife", value);
            return this;
        }

        /**
         * The policy.
         *
         * <p>With {@code g = D + max(R, L) + A + 2e} these must hold: {@code L >= R}, {@code C < D},
         * {@code P >= g} ({@code P >= V} for OUTBOUND), {@code O >= g + T}, {@code O >= longest outage},
         * {@code W >= max(X, g) + traffic cycle}, {@code R <= min(P, O) / 3}, {@code M > P + G} with
         * {@code G = max(7 d, 0.2 M)}.
         *
         * @throws IllegalArgumentException if one does not; the message shows it with its numbers
         */
        public RotationPolicy build() {
            Duration retryBudget = Inequalities.retryBudget(maxAge);
            Map<TimingParameter, Duration> complete = new EnumMap<>(timing);
            complete.putIfAbsent(PUBLISH, Duration.ZERO);
            complete.putIfAbsent(OVERLAP, Duration.ZERO);
            complete.putIfAbsent(SOAK, Duration.ZERO);
            Timing given = new Timing(complete);
            complete.put(PUBLISH, timing.getOrDefault(PUBLISH, max(Duration.ofMinutes(20), given.horizon())));
            Duration least = max(longestOutage, given.horizon().plus(given.get(LIFETIME)));
            Duration usual = given.get(LIFETIME).isZero() ? Duration.ofHours(24) : Duration.ZERO;
            complete.put(OVERLAP, timing.getOrDefault(OVERLAP, max(usual, least)));
            Duration soak = max(given.get(REVOCATION), given.horizon()).plus(trafficCycle);
            complete.put(SOAK, timing.getOrDefault(SOAK, soak));
            Timing whole = new Timing(complete);
            Inequalities.atLeast("W >= max(X, g) + traffic cycle", whole.get(SOAK), soak, whole);
            return new RotationPolicy(kind, retirement, whole, maxAge, retryBudget, longestOutage, cachedKeyLife);
        }

        private Builder set(TimingParameter parameter, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(parameter + " (" + parameter.letter() + ") is negative: " + value);
            }
            timing.put(parameter, value);
            return this;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " is not above zero: " + value);
            }
            return value;
        }

        private static Duration max(Duration a, Duration b) {
            return a.compareTo(b) >= 0 ? a : b;
        }
    }
}
