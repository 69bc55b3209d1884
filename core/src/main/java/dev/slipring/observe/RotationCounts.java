package dev.slipring.observe;

import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.TimedCount;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.StepOutcome;
import dev.slipring.rotation.StepReport;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what this replica's rotator does with one secret. Safe for use by several threads. */
final class RotationCounts {
    private final Measures measures = new Measures();
    private final Map<Tried, TimedCount> steps = new ConcurrentHashMap<>();
    private final Map<Run, LongAdder> runs = new ConcurrentHashMap<>();
    private final LongAdder conflicts = new LongAdder();
    private final AtomicLong orphans = new AtomicLong();
    private boolean emergency;

    private record Tried(Class<? extends Step> step, StepOutcome outcome) {}

    private record Run(boolean emergency, End end) {}

    /** How a rotation ended. */
    private enum End {
        /** The new version is in use. */
        OK,
        /** The version before is in use again. */
        ROLLED_BACK,
        /** The new version never was in use. */
        ABORTED
    }

    RotationCounts() {
        for (End end : End.values()) {
            show(new Run(false, end));
            show(new Run(true, end));
        }
        measures.add(Measure.counter("slipring.rotation.conflicts", Map.of(), conflicts::sum));
        count(new Tried(Step.Probe.class, StepOutcome.FAILED)); // alerts watch it: it has to be there before it grows
    }

    /** What is counted here. */
    Measures measures() {
        return measures;
    }

    void tried(StepReport report) {
        count(new Tried(report.step().getClass(), report.outcome())).add(report.took());
        if (report.outcome() == StepOutcome.LOST) {
            conflicts.increment();
        } else if (report.step() instanceof Step.Mint && report.outcome() != StepOutcome.OK) {
            orphans.incrementAndGet();
        } else if (report.step() instanceof Step.Sweep && report.outcome() == StepOutcome.OK) {
            orphans.set(0);
        }
    }

    /** A rotation is over once nothing goes forward any more; its emergency may be over before. */
    synchronized void wrote(Step.Write step, SecretRecord before, SecretRecord after) {
        boolean began = before.phase() == Phase.IDLE;
        emergency = (emergency && !began)
                || before.orders().emergency().isPresent()
                || after.orders().emergency().isPresent();
        if (began || after.phase() != Phase.IDLE) {
            return;
        }
        End end = step instanceof Step.Swap ? End.ROLLED_BACK : before.phase() == Phase.OVERLAP ? End.OK : End.ABORTED;
        LongAdder run = runs.get(new Run(emergency, end));
        if (run != null) {
            run.increment();
        }
    }

    /** Minted values that may be valid at the issuer and stored nowhere, since the last sweep. */
    long orphans() {
        return orphans.get();
    }

    private TimedCount count(Tried tried) {
        return steps.computeIfAbsent(tried, key -> {
            TimedCount count = new TimedCount();
            Map<String, String> tags = Map.of("step", word(key.step.getSimpleName()), "outcome", word(key.outcome));
            measures.add(Measure.timer("slipring.rotation.step", tags, count));
            return count;
        });
    }

    private void show(Run run) {
        LongAdder count = new LongAdder();
        runs.put(run, count);
        Map<String, String> tags = Map.of("mode", run.emergency ? "emergency" : "normal", "outcome", word(run.end));
        measures.add(Measure.counter("slipring.rotation.runs", tags, count::sum));
    }

    private static String word(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
