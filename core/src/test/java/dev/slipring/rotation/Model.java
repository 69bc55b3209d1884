package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.ADOPTION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.LIFETIME;
import static dev.slipring.keyring.TimingParameter.SKEW;
import static dev.slipring.keyring.TimingParameter.STALENESS;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.store.StoreTraits;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One configuration: how many engines and readers there are, what they believe (the policy), what is true, and what may
 * go wrong. One tick is one second. The truth is what the policy says, unless a test makes it worse. Immutable.
 */
final class Model {
    /** What an issuer, a store or a replica may be like, beyond the traits that the protocol is told. */
    enum Feature {
        /** Engines read the store with lag too. */
        ENGINES_LAG,
        /** Replicas that lose the store go on with what they have. */
        OUTAGES,
        /** Replicas may be restarted, and then may read an older record than before. */
        RESTARTS,
        /** A probe may show nothing. */
        INCONCLUSIVE,
        /** The issuer makes the value, and so makes it valid. */
        ISSUER_MINTS,
        /** The issuer can tell a late statement: what is revoked, or has made room for a later version, stays. */
        FENCED,
        /** The store keeps what the replicas report. */
        REPORTS,
        /** The store has a mirror for plain readers. */
        MIRRORS
    }

    private final String name;
    private final List<RotationPolicy> policies;
    private final IssuerTraits traits;
    private final Map<TimingParameter, Integer> truth;
    private final Set<Feature> features;
    private final int engines;
    private final int readers;
    private final int left;
    private final Predicate<Conjunct> waived;

    private Model(Builder builder) {
        name = builder.name;
        policies = builder.policies;
        traits = builder.traits;
        truth = builder.truth;
        features = builder.features;
        engines = builder.engines;
        readers = builder.readers;
        left = builder.left;
        waived = builder.waived;
    }

    static Builder of(String name, RotationPolicy policy, IssuerTraits traits) {
        return new Builder(name, policy, traits);
    }

    /** The same model with more. */
    Builder but(String other) {
        Builder builder = new Builder(other, policies.get(0), traits);
        builder.policies = policies;
        builder.truth.putAll(truth);
        builder.features.addAll(features);
        builder.engines = engines;
        builder.readers = readers;
        builder.left = left;
        builder.waived = waived;
        return builder;
    }

    String name() {
        return name;
    }

    /** What replica {@code engine} was built with. */
    RotationPolicy policy(int engine) {
        return policies.get(engine % policies.size());
    }

    boolean mixed() {
        return policies.size() > 1;
    }

    SecretKind kind() {
        return policy(0).kind();
    }

    IssuerTraits traits() {
        return traits;
    }

    StoreTraits storeTraits() {
        return new StoreTraits(has(Feature.REPORTS), has(Feature.MIRRORS));
    }

    boolean switching() {
        return traits.install() == Install.AFTER_PUBLISH_DELAY;
    }

    /** How many ticks it takes at most, in truth. */
    int ticks(TimingParameter parameter) {
        return truth.getOrDefault(parameter, 0);
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }

    boolean has(Allowance allowance) {
        return allowance.in(left);
    }

    int engines() {
        return engines;
    }

    int readers() {
        return readers;
    }

    int left() {
        return left;
    }

    Predicate<Conjunct> waived() {
        return waived;
    }

    /** For how long what was made with a version needs it: what is signed until it ends, a cached key until it is dropped. */
    int life() {
        return policy(0).retirement() == Retirement.ON_CENSUS
                ? (int) policy(0).cachedKeyLife().toSeconds()
                : ticks(LIFETIME);
    }

    /** How far the clock of the actor is ahead: one engine and one reader are right, all others are as wrong as they may be. */
    int skew(int index) {
        return index == 0 ? 0 : ticks(SKEW);
    }

    static final class Builder {
        private final String name;
        private List<RotationPolicy> policies;
        private final IssuerTraits traits;
        private final Map<TimingParameter, Integer> truth = new EnumMap<>(TimingParameter.class);
        private final Set<Feature> features = EnumSet.noneOf(Feature.class);
        private int engines = 2;
        private int readers = 2;
        private int left;
        private Predicate<Conjunct> waived = conjunct -> false;

        private Builder(String name, RotationPolicy policy, IssuerTraits traits) {
            this.name = name;
            this.policies = List.of(policy);
            this.traits = traits;
            for (TimingParameter each : List.of(LAG, STALENESS, ADOPTION, LIFETIME, SKEW, WRITE_WINDOW)) {
                truth.put(each, (int) policy.timing().get(each).toSeconds());
            }
        }

        /** The second engine is of another build. */
        Builder second(RotationPolicy policy) {
            policies = List.of(policies.get(0), policy);
            return this;
        }

        /** Something takes longer in truth than the policy says. */
        Builder truly(TimingParameter parameter, int ticks) {
            truth.put(parameter, ticks);
            return this;
        }

        Builder with(Feature... more) {
            features.addAll(List.of(more));
            return this;
        }

        Builder engines(int count) {
            engines = count;
            return this;
        }

        Builder readers(int count) {
            readers = count;
            return this;
        }

        Builder allowing(Allowance allowance, int times) {
            left = allowance.plus(left, times);
            return this;
        }

        Builder waiving(Conjunct conjunct) {
            waived = conjunct::equals;
            return this;
        }

        Model build() {
            return new Model(this);
        }
    }

    /** The time after which a rotation is due and one that was aborted has rested. */
    Duration jump() {
        Duration due = policy(0).beginAfter();
        return due.compareTo(ForwardPart.ABORT_BACK_OFF) > 0 ? due : ForwardPart.ABORT_BACK_OFF;
    }
}
