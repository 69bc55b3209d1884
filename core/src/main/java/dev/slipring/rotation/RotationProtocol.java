package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Timing;
import dev.slipring.store.SecretRecord;
import java.time.Instant;
import java.util.Comparator;
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
 * version, which goes on in any phase, is {@link RetirementPart}; what operators ask is {@link CommandPart}.
 */
public final class RotationProtocol {
    /** The rotation id of version 1: every replica that tries to create a secret must name the same one. */
    private static final String CREATION = "creation";

    private final RotationPolicy policy;
    private final IssuerTraits traits;
    private final Predicate<Conjunct> waived;

    /** The protocol under {@code policy} with an issuer of these {@code traits}. */
    public RotationProtocol(RotationPolicy policy, IssuerTraits traits) {
        this(policy, traits, conjunct -> false);
    }

    /** The same with conditions left out of the guards, which only a test that shows their need may do. */
    RotationProtocol(RotationPolicy policy, IssuerTraits traits, Predicate<Conjunct> waived) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.traits = Objects.requireNonNull(traits, "traits");
        this.waived = waived;
    }

    /** The policy decided by. */
    public RotationPolicy policy() {
        return policy;
    }

    /** What the issuer is like. */
    IssuerTraits traits() {
        return traits;
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
        return ForwardPart.create(secret, CREATION, evidence, now, this);
    }

    /**
     * What to do next.
     *
     * @param record the record as just read
     * @param now the store's time at the read
     */
    public Step next(SecretRecord record, Evidence evidence, Instant now) {
        Situation situation = new Situation(record, evidence, now, policy, traits, waived);
        Optional<Timing> raised = raised(record);
        if (raised.isPresent()) {
            Timing timing = raised.get();
            return new Step.Raise(
                    record.then(record.phase()).with(record.rotation().timed(timing)));
        }
        if (evidence.command().isPresent()) {
            return CommandPart.next(situation, evidence.command().get());
        }
        Stream<Step> candidates =
                Stream.concat(RetirementPart.revoking(situation), Stream.of(ForwardPart.next(situation)));
        Stream<Step> all = Stream.concat(candidates, RetirementPart.retiring(situation));
        return all.min(URGENCY).orElseThrow();
    }

    /** What can be done comes before what must be waited for; then alerts, then the earliest moment to look again. */
    private static final Comparator<Step> URGENCY = Comparator.<Step>comparingInt(
                    step -> step instanceof Step.Wait ? 2 : step instanceof Step.Alert ? 1 : 0)
            .thenComparing(step -> step instanceof Step.Wait wait ? wait.until() : Instant.MIN);

    /** The durations of the record grown to those of this policy, if that changes any. */
    private Optional<Timing> raised(SecretRecord record) {
        Timing present = record.rotation().timing();
        Timing larger = Inequalities.mended(policy.kind(), present.raisedTo(policy.timing()));
        return larger.equals(present) ? Optional.empty() : Optional.of(larger);
    }
}
