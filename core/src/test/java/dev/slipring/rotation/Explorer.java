package dev.slipring.rotation;

import dev.slipring.rotation.StateInvariants.Broken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Visits every state of a model, nearest first, and judges each. Ends at the first that is broken, which is then a
 * shortest way to break anything. Used once, by one thread.
 */
final class Explorer {
    private static final int MOST = 5_000_000;

    /** What was found. */
    record Exploration(Size size, Map<String, Long> taken, Set<Conjunct> asked, Optional<Counterexample> broken) {}

    /** How much there was. */
    record Size(String model, int states, int depth, Duration took) {}

    /** A way to break an invariant. */
    record Counterexample(String invariant, List<String> trace) {
        @Override
        public String toString() {
            return String.join(System.lineSeparator(), trace);
        }
    }

    private final Model model;
    private final Parts parts;
    private final Decisions decisions;
    private final StateTable table;
    private final NormalForm normal;
    private final StateInvariants invariants;
    private final Fairness fairness;
    private final EngineMoves engines;
    private final ReaderMoves readers;
    private final WorldMoves world;
    private final Set<Long> fair = new HashSet<>();
    private int expanding;
    private int depth;
    private Optional<Found> found = Optional.empty();
    private Optional<Found> unfair = Optional.empty();

    /** What is broken, in the state itself or by a step out of it. */
    private record Found(Broken broken, int state) {}

    private Explorer(Model model, boolean symmetric) {
        this.model = model;
        RecordTime time = new RecordTime(model);
        parts = new Parts(time);
        decisions = new Decisions(model, parts);
        table = new StateTable(ModelState.ACTORS + model.engines() + model.readers());
        normal = new NormalForm(model, parts, decisions, symmetric);
        invariants = new StateInvariants(model, parts);
        fairness = new Fairness(model, parts, decisions);
        engines = new EngineMoves(model, parts, decisions);
        readers = new ReaderMoves(model, parts);
        world = new WorldMoves(model, parts, decisions, time);
    }

    /** Visits all states, taking replicas that are alike as one. */
    static Exploration exhaust(Model model) {
        return new Explorer(model, true).explore();
    }

    /** The same, with replicas kept apart so that the way to a broken state can be read. */
    static Exploration search(Model model) {
        return new Explorer(model, false).explore();
    }

    private Exploration explore() {
        long began = System.nanoTime();
        table.add(initial(), Parts.NONE);
        int levelEnd = 1;
        for (expanding = 0; expanding < table.size() && found.isEmpty(); expanding++) {
            if (expanding == levelEnd) {
                depth++;
                levelEnd = table.size();
            }
            if (table.size() > MOST) {
                throw new IllegalStateException(model.name() + " has more than " + MOST + " states");
            }
            expand(table.state(expanding), new Judging());
        }
        found = found.or(() -> unfair);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        return new Exploration(
                new Size(model.name(), table.size(), depth, took),
                decisions.taken(),
                decisions.asked(),
                found.map(this::told));
    }

    private ModelState initial() {
        int[] cells = new int[ModelState.ACTORS + model.engines() + model.readers()];
        return new ModelState(cells).record(Parts.NONE).left(model.left());
    }

    private void expand(ModelState state, Successors out) {
        for (int i = 0; i < model.engines(); i++) {
            engines.of(state, i, out);
        }
        for (int i = 0; i < model.readers(); i++) {
            readers.of(state, model.engines() + i, out);
        }
        world.of(state, out);
    }

    /** Judges what is new and keeps it. */
    private final class Judging implements Successors {
        @Override
        public void add(ModelState next, Supplier<String> how) {
            ModelState form = normal.of(next);
            if (found.isEmpty() && table.add(form, expanding)) {
                found = judged(form).map(broken -> new Found(broken, table.size() - 1));
            }
        }

        @Override
        public void broken(String invariant, Supplier<String> how) {
            if (found.isEmpty()) {
                found = Optional.of(new Found(new Broken(invariant, how.get()), expanding));
            }
        }
    }

    private Optional<Broken> judged(ModelState state) {
        Optional<Broken> broken = invariants.of(state);
        if (broken.isPresent() || state.record() == Parts.NONE) {
            return broken;
        }
        long pair = Parts.key(state.record(), state.outside());
        if (unfair.isEmpty() && fair.add(pair)) {
            unfair = fairness.broken(state.record(), state.outside())
                    .map(how -> new Found(new Broken("Liveness", how), table.size() - 1));
        }
        return Optional.empty();
    }

    private Counterexample told(Found what) {
        List<Integer> way = new ArrayList<>();
        for (int state = what.state; state >= 0; state = table.parent(state)) {
            way.add(0, state);
        }
        List<String> lines = new ArrayList<>();
        lines.add("counterexample in " + model.name() + ", " + (way.size() - 1) + " steps:");
        int tick = 0;
        for (int i = 1; i < way.size(); i++) {
            String step = step(table.state(way.get(i - 1)), table.state(way.get(i)));
            tick += step.equals("a tick passes") ? 1 : 0;
            lines.add("%4d. t=%d  %s".formatted(i, tick, step));
        }
        lines.add("violates " + what.broken.invariant() + ": " + what.broken.how());
        return new Counterexample(what.broken.invariant(), lines);
    }

    /** How one state led to another. */
    private String step(ModelState from, ModelState to) {
        List<String> ways = new ArrayList<>();
        expand(from, new Successors() {
            @Override
            public void add(ModelState next, Supplier<String> how) {
                if (Arrays.equals(normal.of(next).cells(), to.cells())) {
                    ways.add(how.get());
                }
            }

            @Override
            public void broken(String invariant, Supplier<String> how) {
                // told at the end of the trace
            }
        });
        return ways.isEmpty() ? "?" : ways.get(0);
    }
}
