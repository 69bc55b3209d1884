package dev.slipring.guard;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.SecretKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which values should not be used, and what follows where one is found: it is refused, or somebody is warned.
 *
 * <p>Every rule finds what is wrong without doubt, so by default production refuses, and everything else warns. Refused
 * are a value that is handed in, and a secret whose primary version has such a value at start, unless a better version
 * is published already. What came into use otherwise is never taken away, only warned of. To rotate out of a bad value
 * in production, tolerate it: {@code tolerating("session", "rotated on Monday", GuardRule.PUBLISHED)}; rotate; and take
 * the exception out again.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class GuardRails {
    /** What a value holds that may be tried without asking anybody, in bits. */
    static final int OFFLINE_BITS = 112;

    /** What a value holds of which each try is a login or a call, in bits. */
    static final int ONLINE_BITS = 64;

    private final @Nullable Boolean refuses;
    private final boolean acrossStore;
    private final @Nullable EnvironmentTags tags;
    private final Map<SecretName, Set<GuardRule>> tolerated;
    private final Map<SecretName, UnaryOperator<SecretValue>> parts;

    private GuardRails(Builder builder) {
        refuses = builder.refuses;
        acrossStore = builder.acrossStore;
        tags = builder.tags;
        tolerated = Map.copyOf(builder.tolerated);
        parts = Map.copyOf(builder.parts);
    }

    /**
     * Whose value is judged.
     *
     * @param secret the secret
     * @param version number of the version
     * @param kind who produces and who accepts; empty where it is only read, which asks the least of it
     * @param environment what it is for
     */
    public record Subject(SecretName secret, int version, Optional<SecretKind> kind, Environment environment) {
        /** A subject. */
        public Subject {
            Objects.requireNonNull(secret, "secret");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(environment, "environment");
        }
    }

    /** All rules; production refuses, everything else warns. */
    public static GuardRails standard() {
        return builder().build();
    }

    /** Prepares other ones; what is not said is as in {@link #standard()}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * What is wrong with a value by itself; whether another secret has it too is for others to say.
     *
     * @param part what of the value is secret; stays the caller's
     */
    public List<GuardFinding> judge(Subject subject, SecretValue part) {
        List<GuardFinding> findings = new ArrayList<>();
        int needed = subject.kind.filter(kind -> kind != SecretKind.OUTBOUND).isPresent() ? OFFLINE_BITS : ONLINE_BITS;
        SecretStrength.flaw(part).ifPresent(flaw -> findings.add(finding(subject, GuardRule.PUBLISHED, flaw)));
        if (!part.<Boolean>reveal(bytes -> Randomness.mayHold(bytes, needed))) {
            findings.add(
                    finding(subject, GuardRule.WEAK, "holds fewer than " + needed + " bits, even if it is random"));
        }
        if (subject.environment == Environment.PRODUCTION && part.<Boolean>reveal(DevelopmentMarks::isMarked)) {
            findings.add(finding(subject, GuardRule.DEVELOPMENT, "is marked as one for development or tests"));
        }
        if (tags != null) {
            tags.elsewhere(subject.environment, part)
                    .ifPresent(other -> findings.add(finding(subject, GuardRule.SHARED, "is also that of " + other)));
        }
        return findings;
    }

    /** Whether a value of which {@code finding} was found is refused in {@code environment}; else somebody is warned. */
    public boolean refuses(GuardFinding finding, Environment environment) {
        boolean strict = refuses != null ? refuses : environment == Environment.PRODUCTION;
        return strict && !tolerated.getOrDefault(finding.secret(), Set.of()).contains(finding.rule());
    }

    /** Whether values are compared with those of every secret of the store. */
    public boolean acrossStore() {
        return acrossStore;
    }

    /** What other environments have. */
    public Optional<EnvironmentTags> tags() {
        return Optional.ofNullable(tags);
    }

    /** How what is secret is found in a value of {@code secret}, if that was said. */
    public Optional<UnaryOperator<SecretValue>> part(SecretName secret) {
        return Optional.ofNullable(parts.get(secret));
    }

    private static GuardFinding finding(Subject subject, GuardRule rule, String detail) {
        return new GuardFinding(subject.secret, subject.version, rule, detail);
    }

    /** Collects what {@link GuardRails} are made of. Not thread-safe. */
    public static final class Builder {
        private final Map<SecretName, Set<GuardRule>> tolerated = new HashMap<>();
        private final Map<SecretName, UnaryOperator<SecretValue>> parts = new HashMap<>();
        private @Nullable Boolean refuses;
        private @Nullable EnvironmentTags tags;
        private boolean acrossStore;

        private Builder() {}

        /** Refuses in every environment. */
        public Builder refusing() {
            refuses = true;
            return this;
        }

        /** Warns only, in production as well. */
        public Builder warning() {
            refuses = false;
            return this;
        }

        /**
         * Warns where {@code rules} find something in {@code secret}, in place of refusing: until a rotation has replaced
         * the value.
         *
         * @param reason why that is right, and until when; for whoever reads the code
         * @throws IllegalArgumentException if the name is not one of a secret, or there is no reason
         */
        public Builder tolerating(String secret, String reason, GuardRule... rules) {
            if (reason.isBlank()) {
                throw new IllegalArgumentException("an exception from guard rails has a reason");
            }
            tolerated
                    .computeIfAbsent(SecretName.of(secret), name -> EnumSet.noneOf(GuardRule.class))
                    .addAll(List.of(rules));
            return this;
        }

        /**
         * Finds values that other environments have; none unless told.
         *
         * @param value stays the caller's, who closes it after the last use
         */
        public Builder tags(EnvironmentTags value) {
            tags = Objects.requireNonNull(value, "tags");
            return this;
        }

        /**
         * Compares, at start, with the fingerprints of every other secret of the store, such as those of another
         * environment that uses the same store: one read for each. This replica must be allowed to read their records.
         * Off unless told, which compares with what this replica uses.
         */
        public Builder acrossStore() {
            acrossStore = true;
            return this;
        }

        /**
         * How what is secret is found in a value of {@code secret}, where no issuer says so: the password of a login that
         * is only read.
         *
         * @param value returns a value that its caller owns; the whole value is judged if it throws
         * @throws IllegalArgumentException if the name is not one of a secret
         */
        public Builder part(String secret, UnaryOperator<SecretValue> value) {
            parts.put(SecretName.of(secret), Objects.requireNonNull(value, "part"));
            return this;
        }

        /** The guard rails. */
        public GuardRails build() {
            return new GuardRails(this);
        }
    }
}
