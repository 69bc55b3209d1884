package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.StoreTraits;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides what comes next for one secret: a pure function of the record, the evidence and the store's
 * time. It does no I/O, reads no clock and keeps no state, so the same code runs in production, explains itself
 * to an operator, and can be explored exhaustively. Immutable and thread-safe.
 *
 * <p>The forward part ({@code IDLE, MINTING, PUBLISHED, OVERLAP}) is {@link ForwardPart}; the retirement of each
 * version, which goes on in any phase, is {@link RetirementPart}; what it needs to know, {@link EvidencePart};
 * what a compromise changes, {@link EmergencyPart}; what waits for an operator's value, {@link ProvisionPart}; what
 * keeps the surroundings in order, {@link UpkeepPart}; what operators ask, {@link CommandPart}.
 */
public final class RotationProtocol {
    private final RotationPolicy policy;
    private final IssuerTraits traits;
    private final StoreTraits storeTraits;
    private final Predicate<Conjunct> waived;

    /** The protocol under {@code policy} with an issuer of these {@code traits} and a store that is only a store. */
    public RotationProtocol(RotationPolicy policy, IssuerTraits traits) {
        this(policy, traits, StoreTraits.PLAIN);
    }

    /**
     * The protocol under {@code policy} with an issuer and a store of these traits.
     *
     * @throws IllegalArgumentException if the policy does not go with them; the message says what breaks
     */
    public RotationProtocol(RotationPolicy policy, IssuerTraits traits, StoreTraits storeTraits) {
        this(policy, traits, storeTraits, conjunct -> false);
    }

    /** The same with conditions left out of the guards, which only a test that shows their need may do. */
    RotationProtocol(RotationPolicy policy, IssuerTraits traits, StoreTraits storeTraits, Predicate<Conjunct> waived) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.traits = Objects.requireNonNull(traits, "traits");
        this.storeTraits = Objects.requireNonNull(storeTraits, "storeTraits");
        this.waived = waived;
        policy.check(traits, storeTraits);
    }

    /** The same for a store that is only a store. */
    RotationProtocol(RotationPolicy policy, IssuerTraits traits, Predicate<Conjunct> waived) {
        this(policy, traits, StoreTraits.PLAIN, waived);
    }

    /** The policy decided by. */
    public RotationPolicy policy() {
        return policy;
    }

    /** What the issuer is like. */
    IssuerTraits traits() {
        return traits;
    }

    /** What the store is like. */
    StoreTraits storeTraits() {
        return storeTraits;
    }

    /** The conditions left out; none in production. */
    Predicate<Conjunct> waived() {
        return waived;
    }

    /**
     * What to do next with a secret that has no record yet.
     *
     * @param now the store's time
     */
    public Step create(SecretName secret, Evidence evidence, Instant now) {
        Step step = ForwardPart.create(secret, evidence, now, this);
        return step instanceof Step.Rest || !evidence.hasFailed(step)
                ? step
                : new Step.Alert(now.plus(policy.timing().get(TimingParameter.REFRESH)), failed(step));
    }

    /**
     * What to do next.
     *
     * @param record the record as just read
     * @param now the store's time at the read
     */
    public Step next(SecretRecord record, Evidence evidence, Instant now) {
        Situation situation = new Situation(record, evidence, now, this);
        Optional<Timing> raised = raised(record);
        if (raised.isPresent()) {
            Timing timing = raised.get();
            return new Step.Raise(
                    record.then(record.phase()).with(record.rotation().timed(timing)));
        }
        if (evidence.command().isPresent()) {
            return unlessFailed(
                    situation, CommandPart.next(situation, evidence.command().get()));
        }
        List<Step> candidates = candidates(situation);
        return candidates.stream()
                .filter(step -> !(step instanceof Step.Rest))
                .findFirst()
                .orElseGet(() -> rest(situation, candidates));
    }

    /** Everything that could come next, the most urgent first. */
    List<Step> candidates(Situation situation) {
        return parts(situation).map(step -> unlessFailed(situation, step)).toList();
    }

    /** Everything that somebody should be told of, one thing that lasts not hiding another. */
    List<Step.Alert> alerts(SecretRecord record, Evidence evidence, Instant now) {
        return parts(new Situation(record, evidence, now, this))
                .filter(Step.Alert.class::isInstance)
                .map(Step.Alert.class::cast)
                .toList();
    }

    private static Stream<Step> parts(Situation situation) {
        return Stream.of(
                        RetirementPart.revoking(situation),
                        ForwardPart.next(situation),
                        RetirementPart.retiring(situation),
                        EmergencyPart.next(situation),
                        UpkeepPart.next(situation))
                .flatMap(part -> part);
    }

    /** What has failed is not tried again before everything has rested, so that it holds up nothing else. */
    private static Step unlessFailed(Situation s, Step step) {
        return step instanceof Step.Rest || !s.evidence().hasFailed(step) ? step : s.alert(failed(step));
    }

    private static String failed(Step step) {
        String name = step.getClass().getSimpleName();
        return step instanceof Step.Effect effect
                ? name + " of version " + effect.issuance().version() + " failed and will be tried again"
                : name + " could not be audited and will be tried again";
    }

    /** Nothing can be done now: the first alert, or the first wait, until the earliest moment of all. */
    private static Step.Rest rest(Situation s, List<Step> candidates) {
        List<Step.Rest> rests = candidates.stream()
                .map(Step.Rest.class::cast)
                .sorted(Comparator.comparing(Step.Rest::until))
                .toList();
        if (rests.isEmpty()) {
            return s.waitForever("nothing is left to do");
        }
        Instant until = rests.get(0).until();
        return rests.stream()
                .filter(Step.Alert.class::isInstance)
                .findFirst()
                .map(Step.Alert.class::cast)
                .<Step.Rest>map(alert -> new Step.Alert(until, alert.why(), alert.every()))
                .orElse(rests.get(0));
    }

    /** The durations of the record grown to those of this policy, if that changes any. */
    private Optional<Timing> raised(SecretRecord record) {
        Timing present = record.rotation().timing();
        Timing larger = Inequalities.mended(policy.kind(), present.raisedTo(policy.timing()));
        return larger.equals(present) ? Optional.empty() : Optional.of(larger);
    }
}
