package dev.slipring.rotation;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What will be written, and when, if everything goes well: issuers do what they are asked, probes and evidence
 * show what is hoped for, and nobody commands anything else. Found by asking the protocol, so it is what happens.
 * Immutable; {@link #toString()} is for a person.
 *
 * @param steps in the order of time
 * @param open what is waited for at the end, without a date
 */
public record RotationPlan(List<Dated> steps, String open) {
    /** More steps than the rest of one rotation and all of the next one can have. */
    private static final int LONGEST = 400;

    /**
     * One step.
     *
     * @param at when it is written, in the store's time
     * @param step its name, such as {@code Promote}
     * @param version the version that it is about, 0 if it is about the secret as a whole
     * @param state the state of that version afterwards, or the phase of the secret
     */
    public record Dated(Instant at, String step, int version, String state) {
        @Override
        public String toString() {
            String about = version == 0 ? "the secret" : "version " + version;
            return at.truncatedTo(ChronoUnit.SECONDS) + "  " + String.format("%-10s", step) + "  " + about + " is "
                    + state;
        }
    }

    public RotationPlan {
        steps = List.copyOf(steps);
    }

    /** When the first step of this name comes, if one does. */
    public Optional<Instant> at(Class<? extends Step.Write> step) {
        return steps.stream()
                .filter(dated -> dated.step.equals(step.getSimpleName()))
                .map(Dated::at)
                .findFirst();
    }

    @Override
    public String toString() {
        String end = open.isEmpty() ? "" : System.lineSeparator() + "then waits: " + open;
        return steps.stream().map(Dated::toString).collect(Collectors.joining(System.lineSeparator())) + end;
    }

    /** The plan of a secret that begins at {@code now} under {@code policy}. */
    static RotationPlan of(RotationPolicy policy, Instant now) {
        RotationProtocol protocol = new RotationProtocol(policy.withoutEvidence(), IssuerTraits.NONE);
        SecretName name = SecretName.of("planned");
        Evidence evidence = assumed(new Step.Mint(ForwardPart.first(name, protocol)), fresh(), Optional.empty(), now);
        if (!(protocol.create(name, evidence, now) instanceof Step.Create create)) {
            throw new IllegalStateException("a secret with nobody behind it needs nothing but a value");
        }
        return of(protocol, create.after(), fresh(), now);
    }

    /** The plan of a secret whose record was read at {@code now}, with {@code evidence} to begin with. */
    static RotationPlan of(RotationProtocol protocol, SecretRecord present, Evidence evidence, Instant now) {
        List<Dated> steps = new ArrayList<>();
        SecretRecord record = present;
        Instant at = now;
        Evidence known = evidence;
        long last = present.rotation().sequence() + 1;
        for (int i = 0; i < LONGEST; i++) {
            Step step = protocol.next(record, known, at);
            if (step instanceof Step.Write write) {
                if (write.after().rotation().sequence() > last) {
                    return new RotationPlan(steps, "");
                }
                steps.add(dated(at, write, record));
                record = write.after();
                known = lasting(known);
            } else if (step instanceof Step.Effect effect) {
                known = assumed(effect, known, Optional.of(record), at);
            } else {
                Optional<Instant> next = nextDate(protocol, record, known, at);
                if (next.isEmpty()) {
                    return new RotationPlan(steps, ((Step.Rest) step).why());
                }
                at = next.get();
            }
        }
        return new RotationPlan(steps, "more steps than can be foreseen");
    }

    /** When something comes that has a date, unlike what has to be looked at again and again. */
    private static Optional<Instant> nextDate(
            RotationProtocol protocol, SecretRecord record, Evidence evidence, Instant now) {
        Situation situation = new Situation(record, evidence, now, protocol);
        return protocol.candidates(situation).stream()
                .filter(Step.Wait.class::isInstance)
                .map(rest -> ((Step.Wait) rest).until())
                .filter(until -> !until.equals(situation.soon()) && !until.equals(Situation.NEVER))
                .min(Instant::compareTo);
    }

    private static Dated dated(Instant at, Step.Write write, SecretRecord before) {
        String name = write.getClass().getSimpleName();
        SecretRecord after = write.after();
        return changed(Optional.of(before), after)
                .map(v -> new Dated(at, name, v.number(), v.state().name()))
                .orElseGet(() -> new Dated(at, name, 0, after.phase().name()));
    }

    /** The version that a write is about: of two that change places, the one that produces. */
    static Optional<SecretVersion> changed(Optional<SecretRecord> before, SecretRecord after) {
        Map<Integer, SecretVersion> old = before.stream()
                .flatMap(record -> record.versions().stream())
                .collect(Collectors.toMap(SecretVersion::number, v -> v));
        return after.versions().stream()
                .filter(v -> !v.equals(old.get(v.number())))
                .min(Comparator.comparing(SecretVersion::state));
    }

    /** {@code evidence} after {@code effect} went well. */
    static Evidence assumed(Step.Effect effect, Evidence evidence, Optional<SecretRecord> record, Instant now) {
        int number = effect.issuance().version();
        if (effect instanceof Step.Mint mint) {
            boolean looked = record.isPresent()
                    && record.get().version(number).isEmpty()
                    && evidence.command()
                            .filter(Command.Provide.class::isInstance)
                            .isEmpty();
            return looked
                    ? evidence.failed(mint)
                    : evidence.stored(number, new Evidence.Stored("0000000000000000", Map.of()));
        } else if (effect instanceof Step.Install) {
            return evidence.with(Evidence.Kind.INSTALLED, number);
        } else if (effect instanceof Step.Probe) {
            boolean revoked = record.flatMap(r -> r.version(number))
                    .filter(v -> v.state() == VersionState.REVOKING)
                    .isPresent();
            return evidence.probed(number, revoked ? ProbeVerdict.DEAD : ProbeVerdict.ALIVE);
        } else if (effect instanceof Step.AskUse) {
            return evidence.reported(number, UseReport.IDLE);
        } else if (effect instanceof Step.Count) {
            return evidence.with(Evidence.Kind.COUNTED, number).counted(number, new CensusCount(now, 0));
        } else if (effect instanceof Step.Revoke) {
            return evidence.with(Evidence.Kind.REVOKED, number);
        } else if (effect instanceof Step.Erase) {
            return evidence.with(Evidence.Kind.ERASED, number);
        } else if (effect instanceof Step.Sweep) {
            return evidence.with(Evidence.Kind.SWEPT, number);
        } else if (effect instanceof Step.Reconcile) {
            return evidence.with(Evidence.Kind.RECONCILED, number);
        } else if (effect instanceof Step.AskReplicas) {
            return evidence.heard(record.map(r -> upToDate(r, now)).stream().toList());
        }
        throw new AssertionError("an effect of no known kind");
    }

    /** The report of a replica that has taken up the present record and produces with the primary version. */
    private static ReplicaReport upToDate(SecretRecord record, Instant now) {
        Map<Integer, Instant> uses = record.versions().stream()
                .filter(v -> v.state().produces())
                .collect(Collectors.toMap(SecretVersion::number, v -> now));
        return new ReplicaReport("planned", record.incarnation(), record.epoch(), now.plusSeconds(1), uses);
    }

    /** Nothing known, as at the beginning of a plan. */
    static Evidence fresh() {
        return Evidence.none("planned", 1);
    }

    /** What is still known after a write. */
    private static Evidence lasting(Evidence evidence) {
        Evidence next = fresh();
        for (Evidence.Effect effect : evidence.done()) {
            if (effect.kind() == Evidence.Kind.SWEPT || effect.kind() == Evidence.Kind.RECONCILED) {
                next = next.with(effect.kind(), effect.version());
            }
        }
        return next;
    }
}
