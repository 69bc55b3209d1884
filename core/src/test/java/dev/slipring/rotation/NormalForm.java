package dev.slipring.rotation;

import dev.slipring.rotation.Parts.Engine;
import dev.slipring.rotation.Parts.Made;
import dev.slipring.rotation.Parts.Next;
import dev.slipring.rotation.Parts.Old;
import dev.slipring.rotation.Parts.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes states alike that differ in nothing that matters: what an engine can no longer write, what it learned for an epoch
 * that is over, which of two alike replicas is which, and at which of several records alike a replica is. Whatever can be made
 * with the secret in a state is made at once.
 */
final class NormalForm {
    private final Model model;
    private final Parts parts;
    private final Decisions decisions;
    private final boolean symmetric;
    private final int actors;

    NormalForm(Model model, Parts parts, Decisions decisions, boolean symmetric) {
        this.model = model;
        this.parts = parts;
        this.decisions = decisions;
        this.symmetric = symmetric && model.skew(1) == 0 && !model.mixed();
        actors = model.engines() + model.readers();
    }

    ModelState of(ModelState state) {
        if (state.record() == Parts.NONE) {
            return state;
        }
        ModelState s = model.has(Model.Feature.ENGINES_LAG) ? state.copy() : state.past(past(state));
        for (int i = 0; i < model.engines(); i++) {
            s.set(i, parts.number(engine(s, parts.engine(s.actor(i)))));
        }
        for (int i = model.engines(); i < actors; i++) {
            s.set(i, parts.number(reader(s, parts.reader(s.actor(i)))));
        }
        ModelState made = model.life() > 0 ? made(s) : s;
        if (symmetric) {
            made.sort(0, model.engines());
            made.sort(model.engines(), actors);
        }
        return made;
    }

    /** Of older records that show the same as the one after them, the latest is enough for readers. */
    private int past(ModelState s) {
        List<Old> past = parts.past(s.past());
        if (past.isEmpty()) {
            return s.past();
        }
        List<Old> different = new ArrayList<>();
        int newer = parts.facts(s.record()).view();
        for (Old old : past) {
            if (old.view() != newer) {
                different.add(new Old(Parts.NONE, old.view(), old.epoch(), old.age()));
            }
            newer = old.view();
        }
        return parts.number(different);
    }

    private Engine engine(ModelState s, Engine engine) {
        long epoch = parts.facts(s.record()).epoch();
        if (engine.seen() == epoch || engine.equals(Engine.IDLE)) {
            return engine;
        }
        boolean readable = model.has(Model.Feature.ENGINES_LAG)
                && parts.past(s.past()).stream().anyMatch(old -> old.epoch() == engine.seen());
        if (!engine.pending()) {
            return readable && engine.evidence() != 0 ? engine : Engine.IDLE;
        }
        if (decisions.decision(engine.decision()).writes()) {
            return Engine.IDLE;
        }
        return readable ? engine : new Engine(0, Parts.NONE, engine.decision(), engine.age());
    }

    private Reader reader(ModelState s, Reader reader) {
        if (!reader.up()) {
            return reader;
        }
        Next next = reader.next();
        if (next.view() != Parts.NONE) {
            return new Reader(
                    reader.view(),
                    0,
                    reader.age(),
                    new Next(next.view(), epoch(s, next.view(), next.epoch()), next.age()));
        }
        return new Reader(reader.view(), epoch(s, reader.view(), reader.epoch()), reader.age(), next);
    }

    /** The latest epoch that shows the same view, if no other view came between; zero if nothing older can be read. */
    private long epoch(ModelState s, int view, long epoch) {
        List<Old> past = parts.past(s.past());
        long latest = epoch;
        for (int i = past.size() - 1; i >= -1; i--) {
            long newer = i < 0 ? parts.facts(s.record()).epoch() : past.get(i).epoch();
            int shows = i < 0 ? parts.facts(s.record()).view() : past.get(i).view();
            if (newer > latest) {
                if (shows != view) {
                    break;
                }
                latest = newer;
            }
        }
        long oldest = past.isEmpty()
                ? parts.facts(s.record()).epoch()
                : past.get(past.size() - 1).epoch();
        return latest < oldest ? 0 : latest;
    }

    private ModelState made(ModelState s) {
        Made made = parts.made(s.made());
        List<Integer> newest = new ArrayList<>(made.newest());
        if (model.kind() == SecretKind.INBOUND) {
            int valid = parts.outside(s.outside()).valid();
            for (int v = 1; valid >>> v != 0; v++) {
                if ((valid >>> v & 1) != 0) {
                    make(newest, v, 0);
                }
            }
        }
        for (int i = model.engines(); i < actors && model.kind() == SecretKind.SELF; i++) {
            Reader reader = parts.reader(s.actor(i));
            if (reader.up()) {
                make(newest, parts.view(reader.view()).primary(), -model.skew(i - model.engines()));
            }
        }
        return s.made(parts.number(new Made(List.copyOf(newest), made.rows())));
    }

    private static void make(List<Integer> newest, int version, int age) {
        while (newest.size() <= version) {
            newest.add(Parts.NEVER);
        }
        newest.set(version, Math.min(newest.get(version), age));
    }
}
