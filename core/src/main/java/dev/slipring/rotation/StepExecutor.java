package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Owner;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of one secret in the calling thread: reads the record, asks the protocol, performs the effect or
 * writes by compare-and-set, until there is nothing to do for now. Safe for use by several threads.
 */
final class StepExecutor {
    /** More steps than any pass can need; reached only if the protocol or the store is broken. */
    private static final int STEPS = 200;

    /** So many lost writes while the record reads the same mean that the view lags or the store is slow. */
    private static final int LOST_WRITES = 3;

    private final SecretName name;
    private final String replica;
    private final SecretStore store;
    private final RotationProtocol protocol;
    private final Effects effects;
    private final Intake intake;
    private final @Nullable Census census;
    private final Ticker ticker;
    private final Auditor auditor;
    private final Announcer announcer;
    private final boolean ordersOnly;

    StepExecutor(Rotator.Builder builder, RotationProtocol protocol, Announcer announcer) {
        name = builder.name;
        replica = builder.replica;
        store = builder.store;
        ticker = builder.ticker;
        this.protocol = protocol;
        this.announcer = announcer;
        auditor = new Auditor(builder, protocol, announcer);
        census = builder.census;
        ordersOnly = builder.ordersOnly;
        effects = new Effects(builder.store, builder.issuer, builder.census, builder.policy, builder.ticker);
        intake = new Intake(builder, effects);
    }

    /** How a pass ended: with what rest, at what store's time, and the record that carries the command out, if any. */
    record Outcome(
            Step.Rest rest, Instant storeNow, @Nullable SecretRecord commanded) {}

    /**
     * One pass.
     *
     * @throws IssuerException if the issuer failed, after everything else that could be done was done
     * @throws AuditFailedException if the audit sink failed, after the same
     */
    Outcome pass(@Nullable Command command) {
        return new Pass(command, null).run();
    }

    /** One pass that stores {@code value} as the next version's, unless there is something wrong with it. */
    Answer provide(SecretValue value, Command.Provide command) {
        boolean labelled = Intake.tells(command.label(), value);
        if (labelled || Intake.tells(command.reason(), value)) {
            return new Answer.Refused("the " + (labelled ? "label" : "reason") + " shows a part of the value");
        }
        Optional<String> flaw =
                protocol.traits().provided() ? flaw(value, store.read(name).record()) : Optional.empty();
        if (flaw.isPresent()) {
            return new Answer.Refused(flaw.get());
        }
        Outcome outcome = new Pass(command, value).run();
        SecretRecord commanded = outcome.commanded();
        if (commanded != null) {
            return new Answer.Accepted(commanded);
        }
        // Another replica may have found the value as soon as it was stored, and begun with it.
        return store.read(name)
                .record()
                .filter(record -> intake.known(value, record).isPresent())
                .<Answer>map(Answer.Accepted::new)
                .orElseGet(() -> new Answer.Refused(outcome.rest().why()
                        + (outcome.rest() instanceof Step.Refuse
                                ? ""
                                : "; the value may be stored, and then goes into use: provide it again to be sure")));
    }

    /** Why {@code value} cannot be a version of the secret that has {@code record}, if anything. */
    Optional<String> flaw(SecretValue value, Optional<SecretRecord> record) {
        return intake.flaw(value, record);
    }

    /** Why {@code value} must not be stored, whoever makes the secret's values. */
    Optional<String> refusal(SecretValue value) {
        return intake.refusal(value);
    }

    /** What is expected if {@code command}, or none, is given now and all goes well. */
    RotationPlan plan(@Nullable Command command) {
        Reading reading = store.read(name);
        return RotationPlan.of(
                protocol, existing(reading), effects.evidence(command, reading.record()), reading.storeNow());
    }

    /**
     * What a declaration would do and cost.
     *
     * @throws IllegalArgumentException if it would be refused
     */
    EmergencyPlan price(Command.Compromise command) {
        Reading reading = store.read(name);
        Evidence evidence = effects.evidence(command, reading.record());
        Step step = protocol.next(existing(reading), evidence, reading.storeNow());
        if (!(step instanceof Step.Compromise declared)) {
            throw new IllegalArgumentException(
                    "secret " + name + ": " + (step instanceof Step.Rest rest ? rest.why() : "its timing changes now"));
        }
        return EmergencyPlan.of(protocol, declared.after(), census, reading.storeNow());
    }

    private SecretRecord existing(Reading reading) {
        return reading.record().orElseThrow(() -> new IllegalStateException("secret " + name + " does not exist yet"));
    }

    /** The state of one pass. */
    private final class Pass {
        private final @Nullable SecretValue provided;
        private @Nullable Command command;
        private @Nullable SecretRecord commanded;
        private Optional<SecretRecord> seen = Optional.empty();
        private Evidence evidence;
        private @Nullable SlipringException failure;
        private int lost;

        Pass(@Nullable Command command, @Nullable SecretValue provided) {
            this.provided = provided;
            this.command = command;
            evidence = effects.evidence(command, seen);
        }

        Outcome run() {
            for (int i = 0; i < STEPS; i++) {
                WriteWindow window =
                        WriteWindow.open(ticker, protocol.policy().timing().get(WRITE_WINDOW));
                Reading reading = store.read(name);
                if (!sameEdition(reading.record(), seen)) {
                    evidence = evidence.renewed(effects.evidence(command, reading.record()));
                    seen = reading.record();
                } else if (lost >= LOST_WRITES) {
                    return ended(overtaken(reading), reading);
                }
                Step step = permitted(decide(reading), reading);
                if (step instanceof Step.Rest rest) {
                    return ended(rest, reading);
                } else if (step instanceof Step.Effect effect) {
                    attempt(effect, reading, window);
                } else if (step instanceof Step.Write write) {
                    take(write, reading, window);
                }
            }
            throw new IllegalStateException("secret " + name + " came to no rest in " + STEPS + " steps");
        }

        private Outcome ended(Step.Rest rest, Reading reading) {
            if (!(rest instanceof Step.Refuse) && !ordersOnly) {
                List<String> standing = standing(rest, reading);
                reading.record()
                        .ifPresent(record ->
                                announcer.passed(PassReport.of(record, reading.storeNow(), evidence, standing)));
            }
            if (failure != null) {
                throw failure;
            }
            return new Outcome(rest, reading.storeNow(), commanded);
        }

        private List<String> standing(Step.Rest rest, Reading reading) {
            List<Step.Alert> alerts = new ArrayList<>(reading.record()
                    .map(record -> protocol.alerts(record, evidence, reading.storeNow()))
                    .orElse(List.of()));
            if (failure == null && rest instanceof Step.Alert alert) {
                alerts.add(alert); // no matter if it is one of those already
            }
            List<String> standing = new ArrayList<>(announcer.standing(alerts));
            if (failure != null) {
                standing.add(String.valueOf(failure.getMessage())); // told by whoever asked for the pass
            }
            return standing;
        }

        /** What else is due, and what takes an issuer or a policy, is left to those who have them. */
        private Step permitted(Step step, Reading reading) {
            boolean stores = step instanceof Step.Mint && protocol.traits().provided();
            if (!ordersOnly || reading.record().isEmpty() || step instanceof Step.Refuse) {
                return step;
            } else if (command == null) {
                Duration interval = protocol.policy().timing().get(REFRESH);
                return new Step.Wait(reading.storeNow().plus(interval), "the replicas of the application go on");
            } else if (step instanceof Step.Raise) {
                return new Step.Refuse("the timing in its record does not go with this policy");
            } else if (step instanceof Step.Effect && !stores) {
                return new Step.Refuse("it takes the issuer of the secret, which this process does not have");
            }
            return step;
        }

        private Step decide(Reading reading) {
            Step step = reading.record()
                    .map(record -> protocol.next(record, evidence, reading.storeNow()))
                    .orElseGet(() -> command == null || command instanceof Command.Create
                            ? protocol.create(name, evidence, reading.storeNow())
                            : new Step.Refuse("secret " + name + " does not exist yet"));
            return step instanceof Step.Rest || step instanceof Step.Raise || command != null || commanded != null
                    ? step
                    : reading.record()
                            .flatMap(record -> leftTo(record, reading.storeNow()))
                            .orElse(step);
        }

        /** An issuer cannot be fenced, so a call that is late is not begun; the record is read again instead. */
        private void attempt(Step.Effect effect, Reading reading, WriteWindow window) {
            if (!window.isOpen()) {
                return;
            }
            long began = ticker.nanos();
            StepOutcome outcome = StepOutcome.FAILED;
            try {
                outcome = perform(effect, reading, window);
            } finally {
                ProbeVerdict verdict = effect instanceof Step.Probe
                        ? evidence.probes().get(effect.issuance().version())
                        : null;
                announcer.tried(effect, outcome, verdict, began);
            }
        }

        private StepOutcome perform(Step.Effect effect, Reading reading, WriteWindow window) {
            boolean asks = (effect instanceof Step.Erase && command instanceof Command.Destroy)
                    || (effect instanceof Step.Mint && command instanceof Command.Provide);
            Auditor.Deed deed = new Auditor.Deed(effect, reading, evidence, asks ? command : null);
            if (deed.isAnnounced() && !isHeard(deed)) {
                return StepOutcome.FAILED;
            }
            try {
                evidence = effects.perform(effect, evidence, reading, command == null ? null : provided);
                return effect instanceof Step.Probe probe ? judge(probe, reading) : StepOutcome.OK;
            } catch (IssuerException e) {
                if (reading.record().isEmpty()) {
                    throw e; // nothing else can be done for a secret that does not exist yet
                }
                failed(effect, e);
                if (effect instanceof Step.Revoke) {
                    auditor.failed(deed, e.getClass().getSimpleName());
                } else if (effect instanceof Step.Mint mint) {
                    SecretRecord record = reading.record().get();
                    SecretRecord again = record.then(record.phase())
                            .failed("mint")
                            .with(
                                    mint.issuance().version(),
                                    v -> v.attempted(v.origin().attempt() + 1));
                    write(new Step.Retry(again), reading, window);
                    return StepOutcome.RETRY;
                }
                return StepOutcome.FAILED;
            }
        }

        /** A revoked version that its issuer goes on to answer is a revocation that failed. */
        private StepOutcome judge(Step.Probe probe, Reading reading) {
            int version = probe.issuance().version();
            ProbeVerdict verdict = evidence.probes().get(version);
            Optional<SecretVersion> revoking = reading.record()
                    .flatMap(record -> record.version(version))
                    .filter(v -> v.state() == VersionState.REVOKING);
            if (revoking.isEmpty()) {
                return verdict == ProbeVerdict.ALIVE ? StepOutcome.OK : StepOutcome.FAILED;
            }
            boolean revoked = !RetirementPart.mayStillAnswer(
                    reading.record().get().rotation().timing(), revoking.get(), reading.storeNow());
            if (revoked && verdict != null && verdict != ProbeVerdict.DEAD) {
                auditor.failed(new Auditor.Deed(probe, reading, evidence, null), "PROBES_" + verdict);
                return StepOutcome.FAILED;
            }
            return StepOutcome.OK;
        }

        private void failed(Step step, SlipringException e) {
            failure = failure == null ? e : failure;
            evidence = evidence.failed(step);
        }

        /** Whether {@code deed} could be told; if not, it waits, and holds up nothing else. */
        private boolean isHeard(Auditor.Deed deed) {
            try {
                auditor.announce(deed);
                return true;
            } catch (AuditFailedException e) {
                failed(deed.step(), e);
                return false;
            }
        }

        private void take(Step.Write write, Reading reading, WriteWindow window) {
            SecretRecord written = write(write, reading, window);
            lost = written != null ? 0 : evidence.hasFailed(write) ? lost : lost + 1;
            if (written != null && command != null && !(write instanceof Step.Raise)) {
                commanded = written;
                command = null;
            }
        }

        /** The record as it was written, or null if another replica's write came first or the window closed. */
        private @Nullable SecretRecord write(Step.Write write, Reading reading, WriteWindow window) {
            long began = ticker.nanos();
            SecretRecord after = owned(write.after(), reading.storeNow());
            reading.record().ifPresent(before -> RecordRules.check(before, after));
            Command asked = write instanceof Step.Retry || write instanceof Step.Raise ? null : command;
            Auditor.Deed deed = new Auditor.Deed(write, reading, evidence, asked);
            boolean announced = deed.isAnnounced();
            if (announced && !isHeard(deed)) {
                announcer.tried(write, StepOutcome.FAILED, null, began);
                return null;
            }
            if (!written(write, after, window, began)) {
                if (announced) {
                    auditor.lost(deed);
                }
                return null;
            }
            if (!announced) {
                auditor.written(deed);
            }
            announcer.written(write, reading.record(), after);
            return after;
        }

        private boolean written(Step.Write write, SecretRecord after, WriteWindow window, long began) {
            StepOutcome outcome = StepOutcome.FAILED;
            try {
                boolean written = store.compareAndSet(after, window);
                outcome = written ? StepOutcome.OK : window.isOpen() ? StepOutcome.LOST : StepOutcome.RETRY;
                return written;
            } finally {
                announcer.tried(write, outcome, null, began);
            }
        }
    }

    /** Writes were lost, yet the record reads as before: there is no point in going on at once. */
    private Step.Rest overtaken(Reading reading) {
        Duration interval = protocol.policy().timing().get(REFRESH);
        return new Step.Wait(reading.storeNow().plus(interval), "a write was too late or another replica's came first");
    }

    /** Waits while another replica is at work, unless an emergency is under way. */
    private Optional<Step> leftTo(SecretRecord record, Instant storeNow) {
        return record.owner()
                .filter(owner -> !owner.replica().equals(replica)
                        && storeNow.isBefore(owner.until())
                        && record.orders().emergency().isEmpty())
                .map(owner -> new Step.Wait(owner.until(), "replica " + owner.replica() + " is at work"));
    }

    private SecretRecord owned(SecretRecord record, Instant storeNow) {
        Duration turn = record.rotation().timing().get(WRITE_WINDOW).multipliedBy(2);
        return record.ownedBy(new Owner(replica, storeNow.plus(turn)));
    }

    private static boolean sameEdition(Optional<SecretRecord> a, Optional<SecretRecord> b) {
        return a.map(SecretRecord::edition).equals(b.map(SecretRecord::edition));
    }
}
