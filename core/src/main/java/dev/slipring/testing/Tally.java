package dev.slipring.testing;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.rotation.Step;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what happens in one run. Used by one thread. */
final class Tally {
    /** So many violations are described; the others are only counted. */
    private static final int DESCRIBED = 5;

    private final List<String> violations = new ArrayList<>();
    private final Map<Phase, Map<Integer, Long>> producers = new EnumMap<>(Phase.class);
    private final Map<String, Long> steps = new TreeMap<>();
    private final Map<String, Long> crashes = new TreeMap<>();
    private int rotations;
    private int aborted;
    private int swaps;
    private long produced;
    private long checks;
    private long falseRejects;
    private long outlived;
    private long storeFailures;
    private long lostReplies;
    private long issuerTimeouts;
    private long leftBehind;
    private Duration oldestLiveView = Duration.ZERO;

    /** What was decided is seen in the record, whoever was told of it. */
    void transition(SecretRecord before, SecretRecord after) {
        if (before.phase() == Phase.OVERLAP && after.phase() == Phase.IDLE) {
            rotations++;
        } else if (before.phase() == Phase.ABORTING && after.phase() == Phase.IDLE) {
            aborted++;
        }
        if (readmitted(before) && !readmitted(after) && !primary(before).equals(primary(after))) {
            swaps++;
        }
    }

    int rotations() {
        return rotations;
    }

    void step(Step step) {
        steps.merge(step.getClass().getSimpleName(), 1L, Long::sum);
    }

    void produced(Phase phase, int replica) {
        produced++;
        producers.computeIfAbsent(phase, p -> new TreeMap<>()).merge(replica, 1L, Long::sum);
    }

    void checked() {
        checks++;
    }

    void falseReject(String description) {
        falseRejects++;
        violation(description);
    }

    void violation(String description) {
        if (violations.size() < DESCRIBED) {
            violations.add(description);
        }
    }

    boolean sound() {
        return violations.isEmpty();
    }

    void outlived() {
        outlived++;
    }

    void crash(String moment) {
        crashes.merge(moment, 1L, Long::sum);
    }

    void storeFailure() {
        storeFailures++;
    }

    void lostReply() {
        lostReplies++;
    }

    void issuerTimeout() {
        issuerTimeouts++;
    }

    void leftBehind(Duration staleness) {
        leftBehind++;
        oldestLiveView = staleness.compareTo(oldestLiveView) > 0 ? staleness : oldestLiveView;
    }

    FleetReport report(Duration simulated) {
        Map<Phase, Map<Integer, Long>> byPhase = new EnumMap<>(Phase.class);
        producers.forEach((phase, counts) -> byPhase.put(phase, new TreeMap<>(counts)));
        return new FleetReport(
                new FleetReport.Rotations(rotations, aborted, swaps, simulated),
                new FleetReport.Work(produced, checks, falseRejects, outlived, byPhase),
                new FleetReport.Trouble(
                        crashes, storeFailures, lostReplies, issuerTimeouts, leftBehind, oldestLiveView),
                steps,
                violations);
    }

    private static boolean readmitted(SecretRecord record) {
        return record.versions().stream().anyMatch(v -> v.at(Stamp.READMITTED).isPresent());
    }

    private static Optional<Integer> primary(SecretRecord record) {
        return record.versions().stream()
                .filter(v -> v.state().produces())
                .map(SecretVersion::number)
                .findFirst();
    }
}
