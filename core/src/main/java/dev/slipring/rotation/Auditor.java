package dev.slipring.rotation;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.AuditEvent.Mode;
import dev.slipring.rotation.AuditEvent.Outcome;
import dev.slipring.store.Emergency;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the audit sink of what is irrevocable or commanded, and what came of it. Safe for use by several threads. */
final class Auditor {
    private static final Logger LOG = LoggerFactory.getLogger(Rotator.class);

    private final AuditSink sink;
    private final AuditEvent.Place place;
    private final RotationProtocol protocol;
    private final Announcer announcer;
    private final boolean adopts;

    Auditor(Rotator.Builder builder, RotationProtocol protocol, Announcer announcer) {
        sink = builder.audit;
        place = new AuditEvent.Place(
                builder.replica, builder.policy.kind(), builder.issuer.name(), AuditEvent.Place.nameOf(builder.store));
        this.protocol = protocol;
        this.announcer = announcer;
        adopts = builder.adopted != null;
    }

    /**
     * A step and what it was decided on.
     *
     * @param step about to be taken, or taken
     * @param reading the record it was decided on
     * @param evidence the evidence it was decided on
     * @param asked the command that it carries out
     */
    record Deed(
            Step step,
            Reading reading,
            Evidence evidence,
            @Nullable Command asked) {
        private Optional<SecretRecord> before() {
            return reading.record();
        }

        private SecretRecord after() {
            return step instanceof Step.Write write
                    ? write.after()
                    : reading.record().orElseThrow();
        }

        private Optional<Emergency> emergency() {
            return after().orders()
                    .emergency()
                    .or(() -> before().flatMap(record -> record.orders().emergency()));
        }

        /** Whether it has to be told before it is done. */
        boolean isAnnounced() {
            return asked != null
                    || step instanceof Step.Intend
                    || step instanceof Step.Abort
                    || step instanceof Step.Erase
                    || step instanceof Step.Done
                    || step instanceof Step.Destroy
                    || step instanceof Step.Resolve;
        }

        /** Done and Destroy are written when what they tell of is over. */
        private Outcome announced() {
            return step instanceof Step.Done || step instanceof Step.Destroy ? Outcome.DONE : Outcome.INTENDED;
        }

        /** The version that the step is about; none if it is about the secret as a whole. */
        private Optional<SecretVersion> version() {
            SecretRecord after = after();
            if (step instanceof Step.Effect effect) {
                return after.version(effect.issuance().version());
            } else if (step instanceof Step.Intend intend) {
                return after.version(intend.version());
            } else if (step instanceof Step.Abort abort) {
                return after.version(abort.version());
            }
            boolean asAWhole = step instanceof Step.Compromise || step instanceof Step.Restore;
            return asAWhole ? Optional.empty() : RotationPlan.changed(before(), after);
        }
    }

    /**
     * Tells of {@code deed} before it is done.
     *
     * @throws AuditFailedException if that could not be kept
     */
    void announce(Deed deed) {
        AuditEvent event = event(deed, deed.announced(), Optional.empty());
        try {
            sink.append(event);
        } catch (RuntimeException e) {
            throw new AuditFailedException(
                    "secret " + event.secret() + ": " + event.action() + " could not be audited: " + e.getMessage(), e);
        }
    }

    /** Tells that {@code deed} was announced and is not written. */
    void lost(Deed deed) {
        attempt(event(deed, Outcome.LOST, Optional.empty()));
    }

    /** Tells that {@code deed} was tried in vain. */
    void failed(Deed deed, String errorCode) {
        attempt(event(deed, Outcome.FAILED, Optional.of(errorCode)));
    }

    /** Tells of {@code deed}, which was written unannounced, if it made the secret or is part of an emergency. */
    void written(Deed deed) {
        if (deed.step instanceof Step.Create || deed.emergency().isPresent()) {
            attempt(event(deed, Outcome.DONE, Optional.empty()));
        }
    }

    /** What has happened already is not undone, so a sink that fails stops nothing. */
    private void attempt(AuditEvent event) {
        try {
            sink.append(event);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("secret", event.secret()).setCause(e).log("an audit event was not kept");
            announcer.alert("what came of " + event.action() + " could not be audited", EmergencyPart.REMINDER);
        }
    }

    private AuditEvent event(Deed deed, Outcome outcome, Optional<String> errorCode) {
        SecretRecord after = deed.after();
        Optional<SecretVersion> version = deed.version();
        Optional<SecretVersion> old =
                version.filter(v -> leaves(v, deed.step)).or(() -> deed.before().flatMap(Auditor::primary));
        Optional<SecretVersion> next = primary(after)
                .filter(v -> !isSame(v, old))
                .or(() -> after.versions().stream()
                        .filter(v -> v.state() == VersionState.STAGED || v.state() == VersionState.PUBLISHED)
                        .findFirst());
        return new AuditEvent(
                UUID.randomUUID().toString(),
                deed.reading.storeNow(),
                after.secret(),
                place,
                request(deed),
                change(deed),
                new AuditEvent.Subject(
                        deed.step.getClass().getSimpleName(),
                        deed.step instanceof Step.Effect effect
                                ? effect.issuance().version()
                                : version.map(SecretVersion::number).orElse(0),
                        old.flatMap(SecretVersion::fingerprint),
                        next.flatMap(SecretVersion::fingerprint)),
                proof(deed, version, old, next),
                new AuditEvent.Result(outcome, errorCode),
                outcome == Outcome.INTENDED && deed.step instanceof Step.Compromise declared
                        ? Optional.of(planned(declared, deed.reading.storeNow()))
                        : Optional.empty());
    }

    private static boolean leaves(SecretVersion version, Step step) {
        return version.state().compareTo(VersionState.PRIMARY) > 0 || step instanceof Step.Abort;
    }

    private static boolean isSame(SecretVersion version, Optional<SecretVersion> other) {
        return other.filter(v -> v.number() == version.number()).isPresent();
    }

    private static Optional<SecretVersion> primary(SecretRecord record) {
        return record.versions().stream().filter(v -> v.state().produces()).findFirst();
    }

    private AuditEvent.Request request(Deed deed) {
        Mode mode = deed.emergency().isPresent() ? Mode.EMERGENCY : Mode.NORMAL;
        Command asked = deed.asked;
        boolean created = deed.step instanceof Step.Create;
        String adopting = created && adopts ? "with a value that was handed in: " : "";
        if (asked == null) {
            String why = created ? adopting + "the secret did not exist" : "the guard allows it";
            return new AuditEvent.Request("schedule", why, mode, false);
        }
        boolean forced = asked instanceof Command.Destroy destroy && destroy.forced();
        boolean unprobed =
                asked instanceof Command.Provide && !protocol.traits().probes();
        String how = forced ? "by force: " : unprobed ? "not probed: " : adopting;
        return new AuditEvent.Request(asked.by(), how + asked.reason(), mode, forced);
    }

    private static AuditEvent.Change change(Deed deed) {
        SecretRecord after = deed.after();
        return new AuditEvent.Change(
                after.rotation().id(),
                after.rotation().sequence(),
                new AuditEvent.Point(
                        deed.before().map(SecretRecord::epoch).orElse(0L),
                        deed.before().map(SecretRecord::phase)),
                new AuditEvent.Point(after.epoch(), Optional.of(after.phase())));
    }

    private static AuditEvent.Proof proof(
            Deed deed, Optional<SecretVersion> version, Optional<SecretVersion> old, Optional<SecretVersion> next) {
        Evidence evidence = deed.evidence;
        List<ReplicaReport> reports = evidence.replicas().orElse(List.of());
        return new AuditEvent.Proof(
                version.map(v -> evidence.probes().get(v.number())),
                version.map(v -> evidence.uses().get(v.number())),
                evidence.replicas().map(all -> acknowledgements(all, deed.reading)),
                old.flatMap(v -> EvidencePart.lastUse(reports, v.number())),
                next.flatMap(v -> EvidencePart.lastUse(reports, v.number())));
    }

    private static AuditEvent.Acknowledgements acknowledgements(List<ReplicaReport> reports, Reading reading) {
        List<ReplicaReport> live = reports.stream()
                .filter(report -> reading.storeNow().isBefore(report.leaseUntil()))
                .toList();
        long takenUp = reading.record().stream()
                .flatMap(record -> live.stream().filter(r -> r.hasTakenUp(record.incarnation(), record.epoch())))
                .count();
        return new AuditEvent.Acknowledgements(live.size(), (int) takenUp);
    }

    /** A price is for a person: that none can be told must not keep an emergency from being declared. */
    private AuditEvent.Planned planned(Step.Compromise declared, Instant now) {
        Emergency emergency = declared.after().orders().emergency().orElseThrow();
        try {
            EmergencyPlan plan = EmergencyPlan.of(protocol, declared.after(), null, now);
            return new AuditEvent.Planned(
                    emergency.versions(), emergency.plan(), plan.exposure(), Optional.of(plan.outage()), plan.loss());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("secret", declared.after().secret())
                    .setCause(e)
                    .log("an emergency could not be priced");
            return new AuditEvent.Planned(
                    emergency.versions(), emergency.plan(), Optional.empty(), Optional.empty(), "unknown");
        }
    }
}
