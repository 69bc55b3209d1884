package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.ACTIVATION;
import static dev.slipring.keyring.TimingParameter.LAG;
import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.PUBLISH;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.SKEW;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Freeze;
import dev.slipring.store.Phase;
import dev.slipring.store.Rotation;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The forward part of a rotation: from a first value or a due date to a new primary version. Stateless. */
final class ForwardPart {
    /** How long the schedule rests after an abort. */
    static final Duration ABORT_BACK_OFF = Duration.ofHours(1);

    /** The rotation id of version 1: every replica that tries to create a secret must name the same one. */
    private static final String CREATION = "creation";

    private ForwardPart() {}

    /** The one step of the rotation under way, or of the one that is due. */
    static Stream<Step> next(Situation s) {
        return switch (s.record().phase()) {
            case IDLE -> s.in(VersionState.PRIMARY).map(primary -> whenDue(s, primary)).stream();
            case MINTING -> Stream.of(s.incoming().map(v -> minting(s, v)).orElseGet(() -> noIncoming(s)));
            case PUBLISHED -> Stream.of(s.incoming().map(v -> published(s, v)).orElseGet(() -> noIncoming(s)));
            case OVERLAP -> Stream.of(s.readmitted().map(v -> swap(s, v)).orElseGet(() -> park(s)));
            case ABORTING ->
                Stream.of(s.in(VersionState.PUBLISHED)
                        .map(v -> switchBack(s, v))
                        .orElseGet(() -> s.waitSoon("the aborted version is being revoked")));
        };
    }

    /** What the first version of a secret is called at its issuer. */
    static Issuance first(SecretName secret, RotationProtocol protocol) {
        return new Issuance(secret, 1, protocol.traits().slots().stream().findFirst(), CREATION, 1, 1);
    }

    static Step create(SecretName secret, Evidence evidence, Instant now, RotationProtocol protocol) {
        IssuerTraits traits = protocol.traits();
        Timing timing = protocol.policy().timing();
        Issuance issuance = first(secret, protocol);
        SecretVersion first = SecretVersion.staged(1, new SecretVersion.Origin(CREATION, 1, 1), issuance.slot());
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
                        new Rotation(CREATION, 1, timing),
                        stored.map(of -> first.valued(of.fingerprint(), of.attributes()))
                                .orElse(first)
                                .in(VersionState.PRIMARY)
                                .stamped(Stamp.PUBLISHED, stamp)
                                .stamped(Stamp.PRIMARY, stamp),
                        evidence.ringId())));
    }

    private static Step whenDue(Situation s, SecretVersion primary) {
        Optional<Step> look = ProvisionPart.look(s);
        if (look.isPresent()) {
            return look.get();
        }
        boolean replacing = s.replacing();
        boolean ready = replacing || ProvisionPart.isProvided(s);
        Instant due = s.policy().beginAt(s.record().secret(), primary);
        Instant rested = s.record().versions().stream()
                .filter(v -> v.at(Stamp.PRIMARY).isEmpty() && v.compromised().isEmpty())
                .flatMap(v -> v.at(Stamp.REVOKED).stream())
                .max(Comparator.naturalOrder())
                .map(aborted -> aborted.plus(replacing ? s.time(REFRESH) : ABORT_BACK_OFF))
                .orElse(Instant.MIN);
        return s.guard(Step.Begin.class)
                .notBefore(Condition.DUE, ready ? Instant.MIN : due, "the next rotation is due")
                .notBefore(Condition.RESTED, rested, "a rotation was aborted; the next one rests until")
                .then(() -> begin(s));
    }

    static Step begin(Situation s) {
        Optional<String> slot = freeSlot(s);
        Optional<Freeze> freeze = s.record().orders().freezes().stream()
                .filter(f -> f.covers(s.now()))
                .max(Comparator.comparing(Freeze::until));
        Guard guard = s.guard(Step.Begin.class)
                .needs(
                        Condition.NOT_CLOSING,
                        s.record().orders().closing().isEmpty(),
                        () -> s.waitForever("the secret is being retired as a whole"))
                .notBefore(
                        Condition.NOT_FROZEN,
                        s.replacing() ? Instant.MIN : freeze.map(Freeze::until).orElse(Instant.MIN),
                        freeze.map(f -> "frozen by " + f.ordered().by() + ": "
                                        + f.ordered().reason())
                                .orElse("not frozen"))
                .needs(
                        Condition.NO_ROTATION_UNDER_WAY,
                        s.record().phase() == Phase.IDLE,
                        () -> s.waitSoon("rotation " + s.record().rotation().sequence() + " is under way, phase "
                                + s.record().phase()))
                .needs(
                        Condition.SLOT_FREE,
                        s.traits().slots().isEmpty() || slot.isPresent(),
                        () -> s.waitSoon("no slot is free: the version that has it must be revoked, and its last"
                                + " statement past its deadline"));
        if (s.traits().provided()) {
            guard.needs(Condition.VALUE_STORED, ProvisionPart.isProvided(s), () -> ProvisionPart.awaited(s));
        }
        return guard.then(() -> new Step.Begin(
                begun(s, slot.or(() -> s.traits().slots().stream().findFirst()))));
    }

    private static SecretRecord begun(Situation s, Optional<String> slot) {
        SecretRecord record = s.record();
        long sequence = record.rotation().sequence() + 1;
        String id = s.evidence().rotationId();
        return record.then(Phase.MINTING)
                .with(new Rotation(id, sequence, s.timing()))
                .plus(ProvisionPart.described(
                        s, SecretVersion.staged(record.nextNumber(), new SecretVersion.Origin(id, sequence, 1), slot)));
    }

    /** The slot that has been free for longest, of those past the deadline of their last version's statements. */
    private static Optional<String> freeSlot(Situation s) {
        return s.traits().slots().stream()
                .filter(slot -> !s.now().isBefore(freeFrom(s, slot)))
                .min(Comparator.comparing(slot -> freeFrom(s, slot)));
    }

    /**
     * Whoever read the record before it said REVOKED may begin one more statement within D, which must not find the
     * next version in the slot.
     */
    private static Instant freeFrom(Situation s, String slot) {
        return s.record().versions().stream()
                .filter(v -> v.slot().equals(Optional.of(slot)))
                .map(v -> v.at(Stamp.REVOKED).map(at -> s.statementsOver(at)).orElse(Instant.MAX))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }

    static Step minting(Situation s, SecretVersion version) {
        Issuance issuance = s.issuance(version);
        Optional<Evidence.Stored> stored =
                Optional.ofNullable(s.evidence().stored().get(version.number()));
        return s.guard(Step.Publish.class)
                .needs(Condition.NOT_COMPROMISED, !s.compromised(version), () -> abort(s, version))
                .needs(Condition.VALUE_STORED, stored.isPresent(), () -> ProvisionPart.mint(s, issuance))
                .needs(
                        Condition.INSTALLED,
                        s.traits().install() != Install.BEFORE_PUBLISH || s.has(Evidence.Kind.INSTALLED, version),
                        () -> new Step.Install(issuance))
                .then(() -> new Step.Publish(s.entering(version, VersionState.PUBLISHED, Phase.PUBLISHED)
                        .with(version.number(), v -> ProvisionPart.described(s, v))));
    }

    private static Step published(Situation s, SecretVersion version) {
        boolean switching = s.traits().install() == Install.AFTER_PUBLISH_DELAY;
        if (!switching && s.verdict(version).equals(Optional.of(ProbeVerdict.DEAD))) {
            return abort(s, version);
        }
        Optional<Step> notYet = promotable(s, s.at(version, Stamp.PUBLISHED), version);
        return s.guard(Step.Promote.class)
                .needs(Condition.NOT_COMPROMISED, !s.compromised(version), () -> abort(s, version))
                .needs(Condition.EVERY_REPLICA_ACCEPTS, notYet.isEmpty(), notYet::orElseThrow)
                .needs(
                        Condition.INSTALLED,
                        !switching || s.has(Evidence.Kind.INSTALLED, version),
                        () -> new Step.Install(s.issuance(version)))
                .needs(Condition.PROBED_ALIVE, aliveOrNoProbe(s, version), () -> probe(s, version))
                .then(() -> new Step.Promote(promoted(s, version)));
    }

    /** What has to come before a version published at {@code since} may produce, if anything. */
    private static Optional<Step> promotable(Situation s, Instant since, SecretVersion version) {
        String why = "every replica learns version " + version.number() + " before it produces";
        Instant earliest = earliest(s, since);
        return s.replacing()
                ? EvidencePart.elapsed(s, earliest, why)
                : EvidencePart.known(s, earliest, since.plus(s.time(PUBLISH)), why);
    }

    /** Before this no version published at {@code since} may produce. */
    private static Instant earliest(Situation s, Instant since) {
        boolean outbound = s.policy().kind() == SecretKind.OUTBOUND;
        if (s.replacing()) {
            Instant unhurried = since.plus(outbound ? s.time(ACTIVATION) : s.urgency());
            return s.revokesFirst() ? Instant.MIN : unhurried;
        }
        return s.policy().promoteOnAcknowledgement() && !outbound
                ? since.plus(s.urgency()).plus(s.time(SKEW).multipliedBy(2))
                : since.plus(s.time(PUBLISH));
    }

    private static SecretRecord promoted(Situation s, SecretVersion version) {
        return s.entering(version, VersionState.PRIMARY, Phase.OVERLAP)
                .with(
                        s.primary().number(),
                        v -> s.marked(v).in(VersionState.RETIRING).stamped(Stamp.RETIRING, s.stamp()));
    }

    /** Gives {@code version} up; one that the issuer may have switched to is used, and is not taken away at once. */
    static Step abort(Situation s, SecretVersion version) {
        return s.guard(Step.Abort.class)
                .needs(Condition.NOT_HELD, version.held().isEmpty(), () -> s.alert(RetirementPart.held(version)))
                .needs(
                        Condition.NOT_SWITCHED,
                        s.compromised(version) || !maySwitch(s, version),
                        () -> new Step.Withdraw(s.record()
                                .then(Phase.ABORTING)
                                .with(version.number(), v -> v.stamped(Stamp.WITHDRAWN, s.stamp()))))
                .needs(
                        Condition.NO_OTHER_REVOKING,
                        s.in(VersionState.REVOKING).isEmpty(),
                        () -> s.waitSoon("another version is being revoked"))
                .then(() ->
                        new Step.Abort(s.entering(version, VersionState.REVOKING, Phase.ABORTING), version.number()));
    }

    /** Whether somebody may have installed {@code version}, or may begin to before an abort written now is seen. */
    private static boolean maySwitch(Situation s, SecretVersion version) {
        Instant seen = s.now().plus(s.time(LAG)).plus(s.time(SKEW));
        return s.traits().install() == Install.AFTER_PUBLISH_DELAY
                && !seen.isBefore(earliest(s, s.at(version, Stamp.PUBLISHED)));
    }

    /** The version retires once the issuer is certain to know the primary, and no late install can change that. */
    private static Step switchBack(Situation s, SecretVersion version) {
        return s.guard(Step.Retire.class)
                .needs(Condition.NOT_COMPROMISED, !s.compromised(version), () -> abort(s, version))
                .needs(
                        Condition.INSTALLED,
                        s.has(Evidence.Kind.INSTALLED, s.primary()),
                        () -> new Step.Install(s.issuance(s.primary())))
                .notBefore(
                        Condition.NO_INSTALL_UNDER_WAY,
                        s.statementsOver(s.at(version, Stamp.WITHDRAWN)),
                        "the issuer may still be told to switch to version " + version.number())
                .then(() -> new Step.Retire(s.entering(version, VersionState.RETIRING, Phase.ABORTING)));
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
                .notBefore(
                        Condition.OVERLAP_PASSED,
                        s.replacing() ? Instant.MIN : over,
                        "the version before is still accepted")
                .needs(
                        Condition.SLOT_GIVEN_BACK,
                        !reused,
                        () -> s.waitSoon("the version before still has the slot that the next one needs"))
                .then(() -> new Step.Park(s.record().then(Phase.IDLE)));
    }

    static Step giveUpRollback(Situation s, SecretVersion target) {
        return new Step.Retire(s.record()
                .then(s.record().phase())
                .with(target.number(), v -> v.unstamped(Stamp.READMITTED).stamped(Stamp.RETIRING, s.stamp())));
    }

    /**
     * Gives the primary role back. Until then every replica that may still hold a view in which the old
     * version's tokens are bounded must have learned otherwise; what is only presented to an issuer needs no such
     * wait, if the issuer accepts both. Where installing is the switch, a late statement of the way there must not
     * undo the way back.
     */
    private static Step swap(Situation s, SecretVersion target) {
        Instant since = s.at(target, Stamp.READMITTED);
        String why = "every replica learns that version " + target.number() + " is readmitted";
        boolean outbound = s.policy().kind() == SecretKind.OUTBOUND;
        boolean switching = s.traits().install() == Install.AFTER_PUBLISH_DELAY;
        Instant landed = switching ? s.statementsOver(since) : since;
        Instant known = outbound ? landed : later(landed, since.plus(s.timing().horizon()));
        Instant earliest = s.policy().promoteOnAcknowledgement() ? later(landed, since.plus(s.urgency())) : known;
        Optional<Step> notYet = EvidencePart.known(s, earliest, known, why);
        return s.guard(Step.Swap.class)
                .needs(Condition.NOT_COMPROMISED, !s.compromised(target), () -> giveUpRollback(s, target))
                .needs(Condition.OLD_VERSION_READMITTED, notYet.isEmpty(), notYet::orElseThrow)
                .needs(
                        Condition.INSTALLED,
                        s.traits().install() != Install.AFTER_PUBLISH_DELAY || s.has(Evidence.Kind.INSTALLED, target),
                        () -> new Step.Install(s.issuance(target)))
                .needs(Condition.PROBED_ALIVE, aliveOrNoProbe(s, target), () -> probe(s, target))
                .then(() ->
                        new Step.Swap(promoted(s, target).with(target.number(), v -> v.unstamped(Stamp.READMITTED))));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
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
