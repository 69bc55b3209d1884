package dev.slipring.rotation;

import static dev.slipring.keyring.TimingParameter.WRITE_WINDOW;

import dev.slipring.keyring.Stamp;
import dev.slipring.rotation.Decisions.Decision;
import dev.slipring.rotation.Parts.Engine;
import dev.slipring.rotation.Parts.Old;
import dev.slipring.rotation.Parts.Outside;
import dev.slipring.store.SecretRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * What an engine can do: read and decide, or carry out what it has decided, in whole or in part. Whatever it has decided
 * is carried out by the time its window and the issuer's deadline are over, or never; crashing is the latter.
 */
final class EngineMoves {
    private final Model model;
    private final Parts parts;
    private final Decisions decisions;
    private final IssuerTruth truth;
    private final ReplicasTruth reports;

    EngineMoves(Model model, Parts parts, Decisions decisions) {
        this.model = model;
        this.parts = parts;
        this.decisions = decisions;
        truth = new IssuerTruth(model);
        reports = new ReplicasTruth(model, parts);
    }

    void of(ModelState s, int i, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        if (!engine.pending()) {
            read(s, i, out);
            if (engine.equals(Engine.IDLE) && s.record() != Parts.NONE) {
                command(s, i, out);
            }
            return;
        }
        out.add(s.actor(i, parts.number(Engine.IDLE)), () -> "engine " + i + " crashes before it does anything");
        Decision decision = decisions.decision(engine.decision());
        if (decision.writes()) {
            write(s, i, out);
        } else {
            act(s, i, out);
        }
    }

    private void read(ModelState s, int i, Successors out) {
        decide(s, i, s.record(), out);
        if (model.has(Model.Feature.ENGINES_LAG)) {
            for (Old old : parts.past(s.past())) {
                decide(s, i, old.record(), out);
            }
        }
    }

    private void decide(ModelState s, int i, int record, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        long epoch = record == Parts.NONE ? 0 : parts.facts(record).epoch();
        int evidence = engine.seen() == epoch ? engine.evidence() : 0;
        int number = decisions.next(record, evidence, i);
        Decision decision = decisions.decision(number);
        if (decision.rests()) {
            decisions.took(decision);
            out.add(s.actor(i, parts.number(Engine.IDLE)), () -> "engine " + i + " ends its pass: " + told(decision));
        } else if (decision.effect().isPresent() || record == s.record()) {
            out.add(
                    s.actor(i, parts.number(new Engine(evidence, epoch, number, 0))),
                    () -> "engine " + i + " reads epoch " + epoch + " and decides: " + told(decision));
        }
    }

    private void command(ModelState s, int i, Successors out) {
        SecretRecord record = parts.record(s.record());
        for (Allowance allowance : Allowance.values()) {
            if (!allowance.in(s.left())) {
                continue;
            }
            for (Command command : allowance.commands(record)) {
                int evidence = parts.number(parts.evidence(0).asked(command));
                int number = decisions.next(s.record(), evidence, i);
                Decision decision = decisions.decision(number);
                if (decision.rests()) {
                    decisions.took(decision);
                } else {
                    Engine asked = new Engine(evidence, record.epoch(), number, 0);
                    out.add(
                            s.actor(i, parts.number(asked)).left(allowance.lessOne(s.left())),
                            () -> "engine " + i + " is asked to " + command + " and decides: " + told(decision));
                }
            }
        }
    }

    private void write(ModelState s, int i, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        Decision decision = decisions.decision(engine.decision());
        int written = decision.after();
        for (int tick = 0; tick < engine.age(); tick++) {
            written = parts.later(written);
        }
        int after = written;
        decisions.took(decision);
        decision.breaks().ifPresent(name -> out.broken(name, () -> "engine " + i + " writes " + told(decision)));
        if (unswitched(s, decision, after)) {
            out.broken("PrimaryValid", () -> "engine " + i + " writes " + told(decision) + ", not switched to");
        }
        if (decision.type() == Step.Readmit.class && dead(s, parts.record(after))) {
            out.broken("NoDeadReturn", () -> "engine " + i + " writes " + told(decision) + " and the version is gone");
        }
        ModelState next = became(parts, s, after).actor(i, parts.number(Engine.IDLE));
        out.add(next, () -> "engine " + i + " writes " + told(decision));
    }

    /** Whether a version becomes primary that a switching issuer was not switched to. */
    private boolean unswitched(ModelState s, Decision decision, int after) {
        int primary = parts.view(parts.facts(after).view()).primary();
        return model.switching()
                && (decision.type() == Step.Promote.class || decision.type() == Step.Swap.class)
                && (parts.outside(s.outside()).valid() >>> primary & 1) == 0;
    }

    /** Whether what is readmitted is known to be invalid by whoever asks, and nothing will make it valid. */
    private boolean dead(ModelState s, SecretRecord readmitted) {
        int valid = parts.outside(s.outside()).valid();
        return model.traits().probes()
                && !model.switching()
                && readmitted.versions().stream()
                        .anyMatch(v -> v.at(Stamp.READMITTED).isPresent() && (valid >>> v.number() & 1) == 0);
    }

    /** The state after a compare-and-set to the record {@code after}. */
    static ModelState became(Parts parts, ModelState s, int after) {
        List<Old> past = new ArrayList<>();
        if (s.record() != Parts.NONE) {
            Parts.Facts facts = parts.facts(s.record());
            past.add(new Old(s.record(), facts.view(), facts.epoch(), 0));
        }
        past.addAll(parts.past(s.past()));
        return s.record(after).past(parts.number(past));
    }

    private void act(ModelState s, int i, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        Decision decision = decisions.decision(engine.decision());
        Step.Effect effect = decision.effect().orElseThrow();
        int mates = s.record() == Parts.NONE ? 0 : IssuerTruth.mates(effect, parts.record(s.record()));
        Outside before = parts.outside(s.outside());
        Outside after = truth.after(effect, before, mates);
        boolean refused = truth.refused(effect, before, mates);
        decisions.took(decision);
        decision.breaks().ifPresent(name -> out.broken(name, () -> "engine " + i + " performs " + told(decision)));
        if (laterLost(effect, before, after)) {
            out.broken("SlotOwned", () -> "engine " + i + " performs, late, " + told(decision));
        }
        ModelState happened = s.outside(parts.number(after));
        out.add(
                happened.actor(i, parts.number(Engine.IDLE)),
                () -> "engine " + i + " performs " + told(decision) + (refused ? ", refused" : "") + ", and crashes");
        if (!refused) {
            replies(happened, i, effect, out);
        }
        fails(s, i, effect, out);
    }

    /** Whether a statement about one version took validity from a later one. */
    private boolean laterLost(Step.Effect effect, Outside before, Outside after) {
        int later = -2 << effect.issuance().version();
        return !model.switching() && (before.valid() & ~after.valid() & later) != 0;
    }

    private void replies(ModelState s, int i, Step.Effect effect, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        Evidence evidence = parts.evidence(engine.evidence());
        int version = effect.issuance().version();
        if (effect instanceof Step.Count) {
            Evidence tried = evidence.with(Evidence.Kind.COUNTED, version);
            long remaining = parts.made(s.made()).rows() >>> version & 1;
            java.time.Instant started = RecordTime.NOW.plus(RecordTime.TICK.multipliedBy(model.skew(i) - engine.age()));
            learns(s, i, tried.counted(version, new CensusCount(started, remaining)), out);
            learns(s, i, tried, out);
            return;
        }
        if (effect instanceof Step.AskReplicas) {
            reports.of(s).forEach(heard -> learns(s, i, evidence.heard(heard), out));
            return;
        }
        learns(s, i, truth.shown(effect, evidence, parts.outside(s.outside()), using(s)), out);
        if (effect instanceof Step.Probe && model.has(Model.Feature.INCONCLUSIVE)) {
            learns(s, i, evidence.probed(version, ProbeVerdict.INCONCLUSIVE), out);
        } else if (effect instanceof Step.AskUse) {
            learns(s, i, evidence.reported(version, UseReport.UNKNOWN), out);
        }
    }

    private void learns(ModelState s, int i, Evidence evidence, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        String what = decisions.decision(engine.decision()).type().getSimpleName();
        Engine wiser = engine.seen() == Parts.NONE
                ? Engine.IDLE
                : new Engine(parts.number(evidence), engine.seen(), Parts.NONE, 0);
        out.add(
                s.actor(i, parts.number(wiser)),
                () -> "engine " + i + " performs " + what + " and learns " + evidence.probes() + evidence.uses()
                        + evidence.censuses() + evidence.done());
    }

    /** The issuer does nothing, and says so, or says otherwise. */
    private void fails(ModelState s, int i, Step.Effect effect, Successors out) {
        Engine engine = parts.engine(s.actor(i));
        boolean current = s.record() != Parts.NONE
                && engine.seen() == parts.facts(s.record()).epoch()
                && engine.age() <= model.ticks(WRITE_WINDOW);
        if (effect instanceof Step.Mint && model.traits().orphans() && Allowance.FAIL.in(s.left())) {
            Outside now = parts.outside(s.outside());
            int orphans = now.orphans() | 1 << effect.issuance().version();
            Outside lost = new Outside(now.valid(), now.gone(), now.stored(), now.erased(), orphans);
            out.add(
                    s.outside(parts.number(lost))
                            .actor(i, parts.number(Engine.IDLE))
                            .left(Allowance.FAIL.lessOne(s.left())),
                    () -> "engine " + i + " mints and crashes before the value is stored");
            learns(
                    s.left(Allowance.FAIL.lessOne(s.left())),
                    i,
                    parts.evidence(engine.evidence()).failed(effect),
                    out);
        }
        if (effect instanceof Step.Mint mint && current && Allowance.FAIL.in(s.left())) {
            int record = s.record();
            Engine retrying = new Engine(0, engine.seen(), decisions.retry(record, mint), 0);
            out.add(
                    s.actor(i, parts.number(retrying)).left(Allowance.FAIL.lessOne(s.left())),
                    () -> "engine " + i + " cannot mint and decides to try again");
        } else if ((effect instanceof Step.Install || effect instanceof Step.Revoke)
                && engine.seen() >= 0
                && Allowance.MISLEAD.in(s.left())) {
            Evidence misled = truth.shown(effect, parts.evidence(engine.evidence()), parts.outside(s.outside()), 0);
            learns(s.left(Allowance.MISLEAD.lessOne(s.left())), i, misled, out);
        }
    }

    /** The versions that replicas use at the issuer now. */
    private int using(ModelState s) {
        int using = 0;
        for (int r = model.engines(); r < model.engines() + model.readers(); r++) {
            Parts.Reader reader = parts.reader(s.actor(r));
            if (reader.up()) {
                using |= 1 << parts.view(reader.view()).primary();
            }
        }
        return using;
    }

    private String told(Decision decision) {
        String name = decision.type().getSimpleName();
        if (decision.writes()) {
            return name + " -> " + Told.record(parts.record(decision.after()));
        }
        return decision.effect()
                .map(e -> name + " of version " + e.issuance().version())
                .orElse(name);
    }
}
