package dev.slipring.testing;

import dev.slipring.store.Phase;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of a simulation. Two runs of one seed give equal reports. Immutable.
 *
 * @param rotations how far the secret was rotated
 * @param work what replicas made and checked
 * @param trouble what went wrong on purpose
 * @param steps how often rotators reported each step, by its name; a step whose reply was lost is not reported
 * @param violations the first few things that must not happen, each with the invariant that it breaks; empty
 *     if the fleet is safe
 */
public record FleetReport(
        Rotations rotations, Work work, Trouble trouble, Map<String, Long> steps, List<String> violations) {

    /**
     * How far the secret was rotated.
     *
     * @param completed rotations that came to their end
     * @param aborted rotations that were given up before the new version was promoted
     * @param rolledBack rollbacks that gave the old version the primary role again
     * @param simulated how much time that took, in the simulation
     */
    public record Rotations(int completed, int aborted, int rolledBack, Duration simulated) {}

    /**
     * What replicas made and checked.
     *
     * @param produced things made
     * @param checks how often one was judged that had to be accepted
     * @param falseRejects how many of these judgements were wrong
     * @param outlived sessions that saw two promotions and were still accepted
     * @param producers how much each replica made in each phase of the record
     */
    public record Work(
            long produced, long checks, long falseRejects, long outlived, Map<Phase, Map<Integer, Long>> producers) {
        public Work {
            Map<Phase, Map<Integer, Long>> copy = new EnumMap<>(Phase.class);
            producers.forEach((phase, counts) -> copy.put(phase, Collections.unmodifiableMap(new TreeMap<>(counts))));
            producers = Collections.unmodifiableMap(copy);
        }
    }

    /**
     * What went wrong on purpose.
     *
     * @param crashes replicas killed, by the phase and the moment, as in {@code MINTING before compareAndSet}
     * @param storeFailures calls to the store that failed
     * @param lostReplies writes whose reply was to be lost
     * @param issuerTimeouts calls to the issuer that timed out
     * @param leftBehind how often a replica worked on until its view was as old as a live one may be
     * @param oldestView the oldest view with which that was done
     */
    public record Trouble(
            Map<String, Long> crashes,
            long storeFailures,
            long lostReplies,
            long issuerTimeouts,
            long leftBehind,
            Duration oldestView) {
        public Trouble {
            crashes = Collections.unmodifiableMap(new TreeMap<>(crashes));
        }

        /** How many replicas were killed. */
        public long killed() {
            return crashes.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    public FleetReport {
        steps = Collections.unmodifiableMap(new TreeMap<>(steps));
        violations = List.copyOf(violations);
    }

    /** Whether nothing happened that must not. */
    public boolean safe() {
        return violations.isEmpty();
    }

    /** A few lines for a person. */
    @Override
    public String toString() {
        return rotations.completed + " rotations in " + rotations.simulated + " (" + rotations.aborted + " aborted, "
                + rotations.rolledBack + " rolled back); " + work.produced + " made, " + work.checks + " checks, "
                + work.falseRejects + " false rejects; " + trouble.killed() + " crashes, " + trouble.storeFailures
                + " store failures, " + trouble.lostReplies + " lost replies, " + trouble.issuerTimeouts
                + " issuer time-outs; steps " + steps
                + (safe() ? "" : "; violations:\n  " + String.join("\n  ", violations));
    }
}
