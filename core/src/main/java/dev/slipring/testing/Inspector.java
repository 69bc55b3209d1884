package dev.slipring.testing;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Has the replicas work, and checks what must always be true of the fleet: whatever a live replica makes, every live
 * replica accepts as long as it is due.
 */
final class Inspector {
    private final Fleet fleet;
    private final SplittableRandom random;
    private final List<? extends Trial<?>> trials;
    private final Map<Integer, Keyring.Edition> views = new HashMap<>();
    private final Duration pulse;
    private int promotions;

    Inspector(Fleet fleet, List<Workload<?>> workloads) {
        this.fleet = fleet;
        this.random = fleet.random().split();
        this.trials = workloads.stream()
                .map(workload -> new Trial<>(workload, fleet, random.split()))
                .toList();
        FleetPlan.Size size = fleet.plan().size();
        long pulses = size.items() / ((long) size.rotations() * size.replicas()) + 1;
        this.pulse = fleet.rotationTime().dividedBy(pulses + pulses / 5 + 1);
    }

    void start() {
        pulse(false);
        fleet.agenda().after(fleet.upTo(pulse.multipliedBy(2)), this::start);
    }

    void joined(SimulatedReplica replica, RotatingSecret secret) {
        trials.forEach(trial -> trial.open(replica, secret));
    }

    void left(SimulatedReplica replica) {
        views.remove(replica.id());
        trials.forEach(trial -> trial.close(replica));
    }

    int promotions() {
        return promotions;
    }

    /** Every live replica makes something; with {@code everywhere}, the most telling things are checked by all. */
    void pulse(boolean everywhere) {
        List<SimulatedReplica> live = fleet.live();
        if (!live.isEmpty() && fleet.tally().sound()) {
            expectNoneWentBack(live);
            Watch watch = watch(live);
            trials.forEach(trial -> trial.pulse(watch, everywhere));
        }
    }

    /** One replica makes something that is checked by all. */
    void spotlight(SimulatedReplica replica) {
        Watch watch = watch(fleet.live());
        trials.forEach(trial -> trial.spotlight(replica, watch));
    }

    /**
     * The live replicas at one moment.
     *
     * @param freshest knows the newest record
     * @param stalest knows the oldest
     */
    record Watch(List<SimulatedReplica> live, SimulatedReplica freshest, SimulatedReplica stalest) {}

    private static Watch watch(List<SimulatedReplica> live) {
        Comparator<SimulatedReplica> byAge = Comparator.<SimulatedReplica, Keyring.Edition>comparing(
                        replica -> replica.view().keyring().edition())
                .thenComparing(replica -> replica.view().staleness(), Comparator.reverseOrder());
        return new Watch(
                live,
                live.stream().max(byAge).orElseThrow(),
                live.stream().min(byAge).orElseThrow());
    }

    /** A view never goes back to an older record. */
    private void expectNoneWentBack(List<SimulatedReplica> live) {
        for (SimulatedReplica replica : live) {
            Keyring.Edition now = replica.view().keyring().edition();
            Keyring.Edition before = views.put(replica.id(), now);
            if (before != null && now.compareTo(before) < 0) {
                violated(
                        "MonotoneView",
                        "replica " + replica.id() + " went back from epoch " + before.epoch() + " to " + now.epoch());
            }
        }
    }

    /** What must be true of every transition, whoever wrote it. */
    void changed(SecretRecord before, SecretRecord after) {
        if (after.epoch() != before.epoch() + 1) {
            violated("CasOnce", "epoch " + before.epoch() + " was followed by " + after.epoch());
        }
        long primaries =
                after.versions().stream().filter(v -> v.state().produces()).count();
        if (primaries != 1) {
            violated("SinglePrimary", primaries + " versions are primary in epoch " + after.epoch());
        }
        for (SecretVersion version : after.versions()) {
            VersionState old =
                    before.version(version.number()).map(SecretVersion::state).orElse(VersionState.STAGED);
            if (version.state() != old) {
                entered(version, old);
            }
        }
    }

    private void entered(SecretVersion version, VersionState old) {
        promotions += version.state() == VersionState.PRIMARY ? 1 : 0;
        if (version.state() != VersionState.REVOKING) {
            return;
        }
        if (version.held().isPresent() && old == VersionState.RETIRING) {
            violated("HoldRespected", "version " + version.number() + " is held and to be revoked");
        }
        if (fleet.uses(version.number())) {
            violated("NoRevokeInUse", "version " + version.number() + " is to be revoked, and a live replica uses it");
        }
    }

    private void violated(String invariant, String what) {
        fleet.tally()
                .violation(invariant + ": " + what + ", at " + fleet.agenda().now());
    }
}
