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

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.StoreTraits;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

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
 * @param evidence kinds of evidence that are insisted on, beside those whose source exists anyway
 * @param whenStale what a replica does whose view is older than L
 * @param promoteOnAcknowledgement whether a version may be promoted, or a rollback finished, before P or g has
 *     passed once every replica with a live lease has acknowledged it; only where every replica reports
 */
public record RotationPolicy(
        SecretKind kind,
        Retirement retirement,
        Timing timing,
        Duration maxAge,
        Duration retryBudget,
        Duration longestOutage,
        Duration cachedKeyLife,
        Set<EvidenceKind> evidence,
        WhenStale whenStale,
        boolean promoteOnAcknowledgement) {

    public RotationPolicy {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(retirement, "retirement");
        Objects.requireNonNull(maxAge, "maxAge");
        Objects.requireNonNull(cachedKeyLife, "cachedKeyLife");
        Objects.requireNonNull(whenStale, "whenStale");
        evidence = Set.copyOf(evidence);
        boolean outageProof = whenStale == WhenStale.STOP
                || evidence.contains(EvidenceKind.ACKNOWLEDGEMENTS)
                || evidence.contains(EvidenceKind.ISSUER_USE);
        Inequalities.check(kind, timing, maxAge, retryBudget, outageProof ? Duration.ZERO : longestOutage);
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

    /** API keys of third parties, whose services may answer a revoked key for 10 minutes (X). */
    public static RotationPolicy apiKeys(Duration maxAge) {
        return builder(SecretKind.OUTBOUND, maxAge)
                .revocation(Duration.ofMinutes(10))
                .build();
    }

    /** Any other policy; everything that is not said has the default named at its method. */
    public static Builder builder(SecretKind kind, Duration maxAge) {
        return new Builder(kind, maxAge);
    }

    /**
     * How long after a version became primary the schedule begins the next rotation, at the latest: at the end of the
     * spread of the {@linkplain #deadlines() start}, and never so late that P and G do not fit before M.
     */
    public Duration beginAfter() {
        Deadlines deadlines = deadlines();
        Duration usual = deadlines.start().plus(deadlines.spread());
        Duration last = maxAge.minus(timing.get(PUBLISH)).minus(retryBudget);
        return usual.compareTo(last) <= 0 ? usual : last;
    }

    /**
     * By how much earlier than {@link #beginAfter()} it may begin, so that secrets which were created together are not
     * rotated together: twice the spread, at most a tenth.
     */
    public Duration jitter() {
        Duration usual = deadlines().spread().multipliedBy(2);
        Duration most = beginAfter().dividedBy(10);
        return usual.compareTo(most) <= 0 ? usual : most;
    }

    /** When the schedule begins to replace {@code primary}. Every replica comes to the same moment. */
    Instant beginAt(SecretName secret, SecretVersion primary) {
        int drawn = Math.floorMod((secret.value() + primary.origin().rotationId()).hashCode(), 1000);
        Duration earlier = jitter().multipliedBy(drawn).dividedBy(1000);
        return primary.at(Stamp.PRIMARY).orElse(Instant.MIN).plus(beginAfter()).minus(earlier);
    }

    /** The ages of a primary version at which somebody is told. */
    public Deadlines deadlines() {
        return Deadlines.of(maxAge);
    }

    /**
     * The dated steps of the life of a version that becomes primary at {@code now} with nobody behind its value,
     * until the rotation that replaces it is over.
     */
    public RotationPlan plan(Instant now) {
        return RotationPlan.of(this, now);
    }

    /**
     * The dated steps that a secret with {@code record} has before it under this policy, if all goes well. Asks
     * nobody: neither the store nor the issuer.
     *
     * @param traits of the issuer that makes its values
     * @param now by which it is judged, in the store's time
     * @throws IllegalArgumentException if the policy does not go with the traits
     */
    public RotationPlan plan(SecretRecord record, IssuerTraits traits, Instant now) {
        RotationProtocol protocol = new RotationProtocol(withoutEvidence(), traits);
        return RotationPlan.of(protocol, record, RotationPlan.fresh(), now);
    }

    /** The same without any evidence to wait for. */
    RotationPolicy withoutEvidence() {
        return new RotationPolicy(
                kind,
                retirement,
                timing,
                maxAge,
                retryBudget,
                Duration.ZERO,
                cachedKeyLife,
                Set.of(),
                whenStale,
                false);
    }

    /** Checks what only shows once the issuer and the store are known. */
    void check(IssuerTraits traits, StoreTraits store) {
        if (!traits.slots().isEmpty()) {
            Duration period = timing.get(PUBLISH)
                    .plus(timing.get(OVERLAP))
                    .plus(timing.get(SOAK))
                    .plus(retryBudget);
            Inequalities.atLeast("slots: M >= P + O + W + G", maxAge, period, timing);
        }
        if (traits.install() == Install.AFTER_PUBLISH_DELAY) {
            Inequalities.atLeast("installing is the switch: P >= g", timing.get(PUBLISH), timing.horizon(), timing);
        }
        for (EvidenceKind kind : evidence) {
            boolean declared = kind == EvidenceKind.ISSUER_USE ? traits.reportsUse() : store.reports();
            if (!declared) {
                throw new IllegalArgumentException("unsafe policy: it insists on " + kind + ", which "
                        + (kind == EvidenceKind.ISSUER_USE ? "the issuer does not report" : "the store does not keep"));
            }
        }
        if (promoteOnAcknowledgement && !store.reports()) {
            throw new IllegalArgumentException(
                    "unsafe policy: it promotes on acknowledgement, which the store does not keep");
        }
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
        private Set<EvidenceKind> evidence = Set.of();
        private WhenStale whenStale = WhenStale.KEEP;
        private boolean promoteOnAcknowledgement;

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

        /** Kinds of evidence to insist on; none unless told, which leaves those whose source exists. */
        public Builder evidence(EvidenceKind... kinds) {
            evidence = Set.of(kinds);
            return this;
        }

        /** What a replica does whose view is older than L; KEEP unless told. */
        public Builder whenStale(WhenStale value) {
            whenStale = Objects.requireNonNull(value, "whenStale");
            return this;
        }

        /**
         * Lets acknowledgements of every replica with a live lease stand for the rest of P, and of g in a rollback,
         * after {@code D + R + A + 2e}. Every replica that uses the secret has to report: none may be allowed to
         * read only. Off unless told.
         */
        public Builder promoteOnAcknowledgement() {
            promoteOnAcknowledgement = true;
            return this;
        }

        /**
         * The policy.
         *
         * <p>With {@code g = D + max(R, L) + A + 2e} these must hold: {@code L >= R}, {@code C < D},
         * {@code P >= g} ({@code P >= V} for OUTBOUND), {@code O >= g + T}, {@code O >= longest outage} (unless
         * stale replicas stop, or acknowledgements or the issuer's reports of use are insisted on),
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
            return new RotationPolicy(
                    kind,
                    retirement,
                    whole,
                    maxAge,
                    retryBudget,
                    longestOutage,
                    cachedKeyLife,
                    evidence,
                    whenStale,
                    promoteOnAcknowledgement);
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
