package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.SOAK;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Orders;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What must be true of every step that is taken, each with the name that a counterexample shows. */
enum StepInvariant {
    CAS_ONCE(
            "CasOnce",
            t -> t.write()
                    && t.written().epoch()
                            != t.before().map(SecretRecord::epoch).orElse(0L) + 1),
    SINGLE_PRIMARY(
            "SinglePrimary",
            t -> t.breaks(RecordRules.SINGLE_PRIMARY)
                    || t.breaks(RecordRules.SINGLE_INCOMING)
                    || t.breaks(RecordRules.SINGLE_REVOKING)),
    SLOT_OWNED("SlotOwned", t -> t.breaks(RecordRules.SLOT_OWNED)),
    /** What is held is neither revoked nor erased. */
    HOLD_RESPECTED("HoldRespected", t -> t.versions(v -> v.held().isPresent() && t.gives(v))),
    /** A compromised version never produces again, and nothing is done to that end. */
    NO_COMPROMISED_RETURN(
            "NoCompromisedReturn",
            t -> t.breaks(RecordRules.NO_COMPROMISED_PRIMARY)
                    || t.write()
                            && !(t.step() instanceof Step.Compromise)
                            && t.versions(v -> t.compromised(v) && t.furthers(v))),
    /** An emergency is over when every member is revoked. */
    RESOLVED_WHEN_OVER(
            "ResolvedWhenOver",
            t -> t.step() instanceof Step.Resolve
                    && t.versions(v -> t.compromised(v) && v.state().compareTo(VersionState.REVOKED) < 0)),
    /** Nothing begins in a freeze, nor once the secret is to go, unless an emergency has to. */
    BEGUN_WHEN_ALLOWED(
            "BegunWhenAllowed",
            t -> t.step() instanceof Step.Begin
                    && (t.orders().closing().isPresent()
                            || !t.replacing() && t.orders().freezes().stream().anyMatch(f -> f.covers(t.now())))),
    /** What is not compromised is revoked on complete evidence of the replicas only. */
    EVIDENCE_COMPLETE(
            "EvidenceComplete",
            t -> t.step() instanceof Step.Intend intend
                    && t.model().storeTraits().reports()
                    && t.versions(v -> v.number() == intend.version() && !t.compromised(v) && !t.shown(v))),
    /** A mint that may be under way is never swept, nor missed by the sweep that ends a rotation. */
    NO_MINT_SWEPT(
            "NoMintSwept",
            t -> t.step() instanceof Step.Sweep
                    && (t.before().orElseThrow().phase() == Phase.MINTING
                            || t.versions(v -> v.at(Stamp.PUBLISHED)
                                    .map(at -> t.now()
                                            .isBefore(at.plus(t.time(TimingParameter.LAG))
                                                    .plus(t.model().traits().statementDeadline())))
                                    .orElse(false)))),
    /** What a late install may still bring back is not said to be revoked, nor switched back for good. */
    LATE_STATEMENTS_LANDED(
            "LateStatementsLanded",
            t -> t.step() instanceof Step.Retire
                    && t.versions(v -> v.state() == VersionState.PUBLISHED
                            && !t.passed(
                                    v.at(Stamp.WITHDRAWN),
                                    t.time(TimingParameter.LAG)
                                            .plus(t.model().traits().statementDeadline())))),
    /** A rotation begins if it is asked for, or due and none was aborted a short time ago. */
    BEGUN_WITH_CAUSE(
            "BegunWithCause",
            t -> t.step() instanceof Step.Begin && t.evidence().command().isEmpty() && !t.replacing() && !t.due()),
    /** The last version can be returned to as long as it is accepted and nobody knows it to be unused. */
    ROLLBACK_OPEN("RollbackOpen", t -> t.step() instanceof Step.Park && !t.replacing() && t.returnable()),
    /** A rollback under way is not begun again, which would put it off each time. */
    ROLLBACK_ONCE(
            "RollbackOnce",
            t -> t.step() instanceof Step.Readmit
                    && t.versions(v -> v.at(Stamp.READMITTED).isPresent())),
    /** The value of a revoked version is kept for the soak. */
    SOAK_KEPT(
            "SoakKept",
            t -> t.step() instanceof Step.Erase
                    && t.before().isPresent()
                    && !t.passed(t.erased().at(Stamp.REVOKED), t.time(SOAK))),
    /** What may open old data is erased on an operator's word. */
    ERASED_ON_WORD(
            "ErasedOnWord",
            t -> t.step() instanceof Step.Erase
                    && t.model().policy(0).retirement() == Retirement.ON_CENSUS
                    && t.erased().at(Stamp.PRIMARY).isPresent()
                    && t.evidence().command().isEmpty()),
    /** What may open old data is erased once it was counted that it opens none, unless by force. */
    NOTHING_LOST(
            "NothingLost",
            t -> t.step() instanceof Step.Erase erase
                    && t.model().policy(0).retirement() == Retirement.ON_CENSUS
                    && t.erased().at(Stamp.PRIMARY).isPresent()
                    && !t.counted(erase.issuance().version())
                    && t.evidence()
                            .command()
                            .filter(c -> c instanceof Command.Destroy destroy && destroy.forced())
                            .isEmpty());

    private final String title;
    private final Predicate<Taken> broken;

    StepInvariant(String title, Predicate<Taken> broken) {
        this.title = title;
        this.broken = broken;
    }

    /** The name of the first invariant that a step breaks. */
    static Optional<String> brokenBy(Taken taken) {
        for (StepInvariant invariant : values()) {
            if (invariant.broken.test(taken)) {
                return Optional.of(invariant.title);
            }
        }
        return Optional.empty();
    }

    /** A step, and what it was decided on. */
    record Taken(Model model, Optional<SecretRecord> before, Evidence evidence, Instant now, Step step) {
        boolean write() {
            return step instanceof Step.Write;
        }

        SecretRecord written() {
            return ((Step.Write) step).after();
        }

        boolean breaks(RecordRules rule) {
            return write() && before.map(rule::holds).orElse(true) && !rule.holds(written());
        }

        boolean versions(Predicate<SecretVersion> such) {
            return before.stream().flatMap(r -> r.versions().stream()).anyMatch(such);
        }

        SecretVersion after(SecretVersion version) {
            return written().version(version.number()).orElseThrow();
        }

        /** Whether the step revokes or erases the version. */
        boolean gives(SecretVersion version) {
            if (step instanceof Step.Erase erase) {
                return erase.issuance().version() == version.number();
            }
            return write()
                    && version.state().compareTo(VersionState.REVOKING) < 0
                    && after(version).state().compareTo(VersionState.REVOKING) >= 0;
        }

        Orders orders() {
            return before.map(SecretRecord::orders).orElse(Orders.NONE);
        }

        boolean compromised(SecretVersion version) {
            return version.compromised().isPresent()
                    || orders().emergency()
                            .filter(e -> e.versions().contains(version.number()))
                            .isPresent();
        }

        boolean replacing() {
            return versions(v -> v.state().produces() && compromised(v));
        }

        /** Whether the step brings the version nearer to being used, or used again. */
        boolean furthers(SecretVersion version) {
            SecretVersion next = after(version);
            boolean readmitted = version.at(Stamp.READMITTED).isEmpty()
                    && next.at(Stamp.READMITTED).isPresent();
            boolean onward = version.state() != next.state() && next.state().accepts();
            boolean retired = version.state().produces() && next.state() == VersionState.RETIRING;
            return readmitted || (onward && !retired);
        }

        /** Whether the replicas have shown that they have left the version. */
        boolean shown(SecretVersion version) {
            List<ReplicaReport> reports = evidence.replicas().orElse(List.of());
            SecretRecord record = before.orElseThrow();
            Instant lately = now.minus(record.rotation().timing().horizon());
            boolean asked = evidence.replicas().isPresent();
            return asked
                    && reports.stream().allMatch(r -> r.hasTakenUp(record.incarnation(), record.epoch()))
                    && reports.stream()
                            .map(r -> r.lastUse().getOrDefault(version.number(), Instant.MIN))
                            .noneMatch(at -> at.isAfter(lately))
                    && (reports.stream().allMatch(r -> r.lastUse().isEmpty())
                            || reports.stream()
                                    .anyMatch(r -> r.lastUse().keySet().stream()
                                            .anyMatch(number -> number != version.number())));
        }

        /** Whether a census found nothing that needs the version. */
        boolean counted(int version) {
            CensusCount count = evidence.censuses().get(version);
            return count != null && count.remaining() == 0;
        }

        SecretVersion erased() {
            int number = ((Step.Effect) step).issuance().version();
            return before.flatMap(r -> r.version(number)).orElseThrow();
        }

        Duration time(TimingParameter parameter) {
            return before.orElseThrow().rotation().timing().get(parameter);
        }

        boolean passed(Optional<Instant> since, Duration duration) {
            return since.isPresent() && !now.isBefore(since.get().plus(duration));
        }

        boolean due() {
            return !versions(v -> v.state() == VersionState.PRIMARY
                            && !passed(v.at(Stamp.PRIMARY), model.policy(0).beginAfter()))
                    && !versions(v -> v.at(Stamp.PRIMARY).isEmpty()
                            && v.at(Stamp.REVOKED).isPresent()
                            && !passed(v.at(Stamp.REVOKED), ForwardPart.ABORT_BACK_OFF));
        }

        boolean returnable() {
            Optional<SecretVersion> last = before.stream()
                    .flatMap(r -> r.versions().stream())
                    .filter(v -> v.at(Stamp.RETIRING).isPresent())
                    .max(Comparator.comparing(v -> v.at(Stamp.RETIRING).orElseThrow()));
            return last.map(v -> !passed(v.at(Stamp.RETIRING), time(OVERLAP))
                            || v.slot().isPresent() && v.state().compareTo(VersionState.REVOKED) < 0)
                    .orElse(false);
        }
    }
}
