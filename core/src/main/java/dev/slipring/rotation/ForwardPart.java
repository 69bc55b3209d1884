package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.PUBLISH;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** The forward part of a rotation: from a first value or a due date to a new primary version. Stateless. */
final class ForwardPart {
    /** How long the schedule rests after an abort. */
    static final Duration ABORT_BACK_OFF = Duration.ofHours(1);

    private ForwardPart() {}

    static Step next(Situation s) {
        return switch (s.record().phase()) {
            case IDLE -> whenDue(s);
            case MINTING -> s.incoming().map(v -> minting(s, v)).orElseGet(() -> noIncoming(s));
            case PUBLISHED -> s.incoming().map(v -> published(s, v)).orElseGet(() -> noIncoming(s));
            case OVERLAP -> s.readmitted().map(v -> swap(s, v)).orElseGet(() -> park(s));
            case ABORTING -> s.waitSoon("the aborted version is being revoked");
        };
    }

    static Step create(
            SecretName secret, String rotationId, Evidence evidence, Instant now, RotationProtocol protocol) {
        IssuerTraits traits = protocol.traits();
        Timing timing = protocol.policy().timing();
        Optional<String> slot = traits.slots().stream().findFirst();
        SecretVersion first = SecretVersion.staged(1, new SecretVersion.Origin(rotationId, 1, 1), slot);
        Issuance issuance = new Issuance(secret, 1, slot, rotationId, 1, 1);
        Optional<Evidence.Stored> stored = Optional.ofNullable(evidence.stored().get(1));
        Optional<ProbeVerdict> verdict = Optional.ofNullable(evidence.probes().get(1));
        Instant stamp = now.plus(timing.get(WRITE_WINDOW));
        return new Guard(Step.Create.class, protocol.waived(), now)
                .needs(Condition.VALUE_STORED, stored.isPresent(), () -> new Step.Mint(issuance))
                .needs(
                        Condition.INSTALLED,
                        traits.install() == Install.NEVER || evidence.has(Evidence.Kind.INSTALLED, 1),
                        () -> new Step.Install(issuance))
                .needs(
                        Condition.PROBED_ALIVE,
                        !traits.probes() || verdict.equals(Optional.of(ProbeVerdict.ALIVE)),
                        () -> verdict.<Step>map(v ->
                                        new Step.Alert(now.plus(timing.get(REFRESH)), "the first value probes " + v))
                                .orElseGet(() -> new Step.Probe(issuance)))
                .then(() -> new Step.Create(SecretRecord.first(
                        secret,
                        new Rotation(rotationId, 1, timing),
                        stored.map(of -> first.valued(of.fingerprint(), of.attributes()))
                                .orElse(first)
                                .in(VersionState.PRIMARY)
                                .stamped(Stamp.PUBLISHED, stamp)
                                .stamped(Stamp.PRIMARY, stamp),
                        evidence.ringId())));
    }

    private static Step whenDue(Situation s) {
        Instant due = s.primary()
                .at(Stamp.PRIMARY)
                .orElse(Instant.MIN)
                .plus(s.policy().beginAfter());
        Instant rested = s.record().versions().stream()
                .filter(v -> v.at(Stamp.PRIMARY).isEmpty())
                .flatMap(v -> v.at(Stamp.REVOKED).stream())
                .max(Comparator.naturalOrder())
                .map(aborted -> aborted.plus(ABORT_BACK_OFF))
                .orElse(Instant.MIN);
        return s.guard(Step.Begin.class)
                .notBefore(Condition.DUE, due, "the next rotation is due")
                .notBefore(Condition.DUE, rested, "a rotation was aborted; the next one rests until")
                .then(() -> begin(s));
    }

    static Step begin(Situation s) {
        Optional<String> slot = freeSlot(s);
        return s.guard(Step.Begin.class)
                .needs(
                        Condition.NO_ROTATION_UNDER_WAY,
                        s.record().phase() == Phase.IDLE,
                        () -> s.waitSoon("rotation " + s.record().rotation().sequence() + " is under way, phase "
                                + s.record().phase()))
                .needs(
                        Condition.SLOT_FREE,
                        s.traits().slots().isEmpty() || slot.isPresent(),
                        () -> s.waitSoon("no slot is free: the version that has it must be revoked, and its last"
                                + " statement past its deadline"))
                .then(() -> new Step.Begin(
                        begun(s, slot.or(() -> s.traits().slots().stream().findFirst()))));
    }

    private static SecretRecord begun(Situation s, Optional<String> slot) {
        SecretRecord record = s.record();
        long sequence = record.rotation().sequence() + 1;
        String id = s.evidence().rotationId();
        int number = record.versions().get(record.versions().size() - 1).number() + 1;
        return record.then(Phase.MINTING)
                .with(new Rotation(id, sequence, s.timing()))
                .plus(SecretVersion.staged(number, new SecretVersion.Origin(id, sequence, 1), slot));
    }

    /** The slot that has been free for longest, of those past the deadline of their last version's statements. */
    private static Optional<String> freeSlot(Situation s) {
        return s.traits().slots().stream()
                .filter(slot -> !s.now().isBefore(freeFrom(s, slot)))
                .min(Comparator.comparing(slot -> freeFrom(s, slot)));
    }

    private static Instant freeFrom(Situation s, String slot) {
        return s.record().versions().stream()
                .filter(v -> v.slot().equals(Optional.of(slot)))
                .map(v -> v.at(Stamp.REVOKED)
                        .map(at -> at.plus(s.traits().statementDeadline()))
                        .orElse(Instant.MAX))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }

    private static Step minting(Situation s, SecretVersion version) {
        Issuance issuance = s.issuance(version);
        Optional<Evidence.Stored> stored =
                Optional.ofNullable(s.evidence().stored().get(version.number()));
        return s.guard(Step.Publish.class)
                .needs(Condition.VALUE_STORED, stored.isPresent(), () -> new Step.Mint(issuance))
                .needs(
                        Condition.INSTALLED,
                        s.traits().install() != Install.BEFORE_PUBLISH || s.has(Evidence.Kind.INSTALLED, version),
                        () -> new Step.Install(issuance))
                .then(() -> new Step.Publish(s.entering(version, VersionState.PUBLISHED, Phase.PUBLISHED)
                        .with(
                                version.number(),
                                v -> stored.map(of -> v.valued(of.fingerprint(), of.attributes()))
                                        .orElse(v))));
    }

    private static Step published(Situation s, SecretVersion version) {
        Instant known = s.at(version, Stamp.PUBLISHED).plus(s.time(PUBLISH));
        boolean switching = s.traits().install() == Install.AFTER_PUBLISH_DELAY;
        if (!switching && s.verdict(version).equals(Optional.of(ProbeVerdict.DEAD))) {
            return abort(s, version);
        }
        return s.guard(Step.Promote.class)
                .notBefore(
                        Condition.EVERY_REPLICA_ACCEPTS,
                        known,
                        "every replica learns version " + version.number() + " before it produces")
                .needs(
                        Condition.INSTALLED,
                        !switching || s.has(Evidence.Kind.INSTALLED, version),
                        () -> new Step.Install(s.issuance(version)))
                .needs(Condition.PROBED_ALIVE, aliveOrNoProbe(s, version), () -> probe(s, version))
                .then(() -> new Step.Promote(promoted(s, version)));
    }

    private static SecretRecord promoted(Situation s, SecretVersion version) {
        return s.entering(version, VersionState.PRIMARY, Phase.OVERLAP)
                .with(s.primary().number(), v -> v.in(VersionState.RETIRING).stamped(Stamp.RETIRING, s.stamp()));
    }

    static Step abort(Situation s, SecretVersion version) {
        return s.guard(Step.Abort.class)
                .needs(
                        Condition.NO_OTHER_REVOKING,
                        s.in(VersionState.REVOKING).isEmpty(),
                        () -> s.waitSoon("another version is being revoked"))
                .then(() ->
                        new Step.Abort(s.entering(version, VersionState.REVOKING, Phase.ABORTING), version.number()));
    }

    private static Step park(Situation s) {
        Optional<SecretVersion> last = s.record().versions().stream()
                .filter(v -> v.at(Stamp.RETIRING).isPresent())
                .max(Comparator.comparing(v -> v.at(Stamp.RETIRING).orElse(Instant.MIN)));
        Instant over =
                last.flatMap(v -> v.at(Stamp.RETIRING)).orElse(Instant.MIN).plus(s.time(OVERLAP));
        boolean reused = !s.traits().slots().isEmpty()
                && last.map(v -> v.state().compareTo(VersionState.REVOKED) < 0).orElse(false);
        return s.guard(Step.Park.class)
                .notBefore(Condition.OVERLAP_PASSED, over, "the version before is still accepted")
                .needs(
                        Condition.SLOT_GIVEN_BACK,
                        !reused,
                        () -> s.waitSoon("the version before still has the slot that the next one needs"))
                .then(() -> new Step.Park(s.record().then(Phase.IDLE)));
    }

    /**
     * Gives the primary role back. Until then every replica that may still hold a view in which the old
     * version's tokens are bounded must have learned otherwise; what is only presented to an issuer needs no such
     * wait, since the issuer accepts both.
     */
    private static Step swap(Situation s, SecretVersion target) {
        boolean outbound = s.policy().kind() == SecretKind.OUTBOUND;
        Duration settle = outbound ? Duration.ZERO : s.timing().horizon();
        Instant known = s.at(target, Stamp.READMITTED).plus(settle);
        return s.guard(Step.Swap.class)
                .notBefore(
                        Condition.OLD_VERSION_READMITTED,
                        known,
                        "every replica learns that version " + target.number() + " is readmitted")
                .needs(
                        Condition.OLD_VERSION_NOT_COMPROMISED,
                        target.compromised().isEmpty(),
                        () -> s.alert("version " + target.number() + " is compromised and cannot come back"))
                .needs(
                        Condition.INSTALLED,
                        s.traits().install() != Install.AFTER_PUBLISH_DELAY || s.has(Evidence.Kind.INSTALLED, target),
                        () -> new Step.Install(s.issuance(target)))
                .needs(Condition.PROBED_ALIVE, aliveOrNoProbe(s, target), () -> probe(s, target))
                .then(() ->
                        new Step.Swap(promoted(s, target).with(target.number(), v -> v.unstamped(Stamp.READMITTED))));
    }

    static boolean aliveOrNoProbe(Situation s, SecretVersion version) {
        return !s.traits().probes() || s.verdict(version).equals(Optional.of(ProbeVerdict.ALIVE));
    }

    static Step probe(Situation s, SecretVersion version) {
        return s.verdict(version)
                .<Step>map(verdict -> s.alert("version " + version.number() + " probes " + verdict))
                .orElseGet(() -> new Step.Probe(s.issuance(version)));
    }

    private static Step noIncoming(Situation s) {
        return s.alert("phase " + s.record().phase() + " without a version under way: the record was edited");
    }
}
