package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.StoreTraits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A way through the pure protocol without an executor: holds record, evidence and time, and performs steps as
 * data. Effects are taken to succeed: values get stored, probes answer what the version's state lets expect. A test
 * walks to the step it is about and then looks at single decisions. Not thread-safe.
 */
final class Walk {
    static final SecretName NAME = SecretName.of("walked");
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    static final Duration NANO = Duration.ofNanos(1);

    private final RotationPolicy policy;
    private final IssuerTraits traits;
    private final StoreTraits storeTraits;
    private Optional<SecretRecord> record = Optional.empty();
    private Evidence evidence;
    private Instant now = START;
    private int rotations;
    private final List<Step.Write> writes = new ArrayList<>();

    private Walk(RotationPolicy policy, IssuerTraits traits, StoreTraits storeTraits) {
        this.storeTraits = storeTraits;
        this.policy = policy;
        this.traits = traits;
        this.evidence = fresh();
    }

    /** A secret that does not exist yet. */
    static Walk from(RotationPolicy policy, IssuerTraits traits) {
        return new Walk(policy, traits, StoreTraits.PLAIN);
    }

    /** A secret whose version 1 is primary. */
    static Walk created(RotationPolicy policy, IssuerTraits traits) {
        Walk walk = from(policy, traits);
        walk.take(Step.Create.class);
        return walk;
    }

    /** The same in a store that keeps the reports of replicas. */
    static Walk createdAmongReplicas(RotationPolicy policy, IssuerTraits traits) {
        Walk walk = new Walk(policy, traits, new StoreTraits(true, false));
        walk.take(Step.Create.class);
        return walk;
    }

    /** What comes next. */
    Step next() {
        return next(Set.of());
    }

    /** What would come next if conditions were left out. */
    Step next(Set<Condition> waived) {
        RotationProtocol protocol =
                new RotationProtocol(policy, traits, storeTraits, conjunct -> waived.contains(conjunct.condition()));
        return record.map(r -> protocol.next(r, evidence, now)).orElseGet(() -> protocol.create(NAME, evidence, now));
    }

    /** What comes next, which has to be a {@code type}. */
    <S extends Step> S next(Class<S> type) {
        Step step = next();
        assertThat(step).isInstanceOf(type);
        return type.cast(step);
    }

    /** Performs steps and lets time pass until the next step is a {@code type}, which is not performed. */
    <S extends Step> S to(Class<S> type) {
        for (int i = 0; i < 1000; i++) {
            Step step = next();
            if (type.isInstance(step)) {
                return type.cast(step);
            }
            if (step instanceof Step.Rest rest && !(step instanceof Step.Refuse)) {
                assertThat(rest.until()).as(rest.why()).isAfter(now);
                now = rest.until();
            } else {
                perform(step);
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " came in 1000 steps");
    }

    /** The same, and performs that step. */
    Walk take(Class<? extends Step> type) {
        perform(to(type));
        return this;
    }

    /** Performs what can be done now. */
    Walk rest() {
        for (Step step = next(); !(step instanceof Step.Rest); step = next()) {
            perform(step);
        }
        return this;
    }

    void perform(Step step) {
        if (step instanceof Step.Write write) {
            record.ifPresent(before -> RecordRules.check(before, write.after()));
            record = Optional.of(write.after());
            writes.add(write);
            evidence = fresh();
        } else if (step instanceof Step.Effect effect) {
            evidence = performed(effect);
        } else {
            throw new AssertionError("cannot perform " + step);
        }
    }

    private Evidence performed(Step.Effect effect) {
        int number = effect.issuance().version();
        if (effect instanceof Step.Mint) {
            return evidence.stored(number, new Evidence.Stored("f" + number, Map.of("account", "user" + number)));
        }
        return RotationPlan.assumed(effect, evidence, record, now);
    }

    private Evidence fresh() {
        return Evidence.none("rotation" + rotations++, 7);
    }

    /** What is going to happen. */
    RotationPlan plan() {
        return RotationPlan.of(new RotationProtocol(policy, traits, storeTraits), record(), evidence, now);
    }

    /** The plan that the policy tells of the record, without what this walk knows beyond it. */
    RotationPlan policyPlan() {
        return policy.plan(record(), traits, now);
    }

    /** The names of what was written so far. */
    List<String> written() {
        return writes.stream().map(write -> write.getClass().getSimpleName()).toList();
    }

    /** With something more known, until the next write. */
    Walk knowing(UnaryOperator<Evidence> more) {
        evidence = more.apply(evidence);
        return this;
    }

    /** With nothing known. */
    Walk forgetting() {
        evidence = fresh();
        return this;
    }

    /** With a command asked, until the next write. */
    Walk asked(Command command) {
        return knowing(e -> e.asked(command));
    }

    /** With the record edited by hand, at the same epoch. */
    Walk edited(UnaryOperator<SecretRecord> change) {
        record = Optional.of(change.apply(record()));
        return this;
    }

    Walk at(Instant instant) {
        now = instant;
        return this;
    }

    Walk later(Duration duration) {
        return at(now.plus(duration));
    }

    Instant now() {
        return now;
    }

    SecretRecord record() {
        return record.orElseThrow();
    }

    SecretVersion version(int number) {
        return record().version(number).orElseThrow();
    }

    VersionState state(int number) {
        return version(number).state();
    }

    Instant stamp(int number, Stamp stamp) {
        return version(number).at(stamp).orElseThrow();
    }

    Duration time(TimingParameter parameter) {
        return record().rotation().timing().get(parameter);
    }

    Duration horizon() {
        return record().rotation().timing().horizon();
    }

    RotationPolicy policy() {
        return policy;
    }

    /** The same record, evidence and time, decided on under another policy. */
    Walk under(RotationPolicy other) {
        Walk walk = new Walk(other, traits, storeTraits);
        walk.record = record;
        walk.now = now;
        walk.rotations = rotations;
        return walk;
    }
}
