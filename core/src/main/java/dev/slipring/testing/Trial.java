package dev.slipring.testing;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.store.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One workload on all replicas, with the things made by it that still have to be accepted: of each version the one
 * that is due longest, and sessions, which are used now and then and take what replaces them.
 */
final class Trial<T> {
    private static final int SESSIONS = 64;
    private static final int SESSIONS_USED = 4;

    private final Workload<T> workload;
    private final Fleet fleet;
    private final SplittableRandom random;
    private final Map<Integer, Workload.Station<T>> stations = new HashMap<>();
    private final Map<Integer, Made<T>> longestDue = new TreeMap<>();
    private final List<Session<T>> sessions = new ArrayList<>();

    /** An item with its origin. */
    private record Made<T>(T item, int version, int maker, Instant at) {}

    private static final class Session<T> {
        private final int promotionsBefore;
        private Made<T> held;
        private boolean outlived;

        Session(Made<T> held, int promotionsBefore) {
            this.held = held;
            this.promotionsBefore = promotionsBefore;
        }
    }

    Trial(Workload<T> workload, Fleet fleet, SplittableRandom random) {
        this.workload = workload;
        this.fleet = fleet;
        this.random = random;
    }

    void open(SimulatedReplica replica, RotatingSecret secret) {
        Workload.Seat seat = new Workload.Seat(
                replica.id(), secret, replica.clock(), fleet.agenda().clock(), fleet.issuer());
        stations.put(replica.id(), workload.open(seat));
    }

    void close(SimulatedReplica replica) {
        Workload.Station<T> station = stations.remove(replica.id());
        if (station != null) {
            station.close();
        }
    }

    void pulse(Inspector.Watch watch, boolean everywhere) {
        List<SimulatedReplica> live = watch.live();
        Phase phase = fleet.record().phase();
        for (SimulatedReplica maker : live) {
            Made<T> made = make(maker, phase);
            if (made == null) {
                return;
            }
            if (everywhere && (maker == watch.freshest() || maker == watch.stalest())) {
                live.forEach(checker -> check(made, checker, "NoEarlyUse"));
            } else {
                check(made, watch.freshest(), "NoEarlyUse");
                check(made, watch.stalest(), "NoEarlyUse");
                check(made, anyOf(live), "NoEarlyUse");
            }
            keep(made);
        }
        List<SimulatedReplica> checkers = everywhere ? live : List.of(watch.freshest(), watch.stalest());
        checkDue(checkers);
        useSessions(watch);
    }

    void spotlight(SimulatedReplica maker, Inspector.Watch watch) {
        Made<T> made = make(maker, fleet.record().phase());
        if (made != null) {
            watch.live().forEach(checker -> check(made, checker, "NoEarlyUse"));
            keep(made);
            checkDue(List.of(maker));
        }
    }

    private @Nullable Made<T> make(SimulatedReplica maker, Phase phase) {
        try {
            T item = station(maker).produce();
            fleet.tally().produced(phase, maker.id());
            return new Made<>(
                    item,
                    maker.view().primary().number(),
                    maker.id(),
                    fleet.agenda().now());
        } catch (RuntimeException e) {
            fleet.tally().violation("AlwaysUsable: " + describe(maker) + " cannot produce: " + e);
            return null;
        }
    }

    private void keep(Made<T> made) {
        Instant until = workload.goodUntil(made.item);
        if (!until.isAfter(made.at)) {
            return;
        }
        longestDue.merge(
                made.version, made, (a, b) -> workload.goodUntil(b.item).isAfter(workload.goodUntil(a.item)) ? b : a);
        if (sessions.size() < SESSIONS) {
            sessions.add(new Session<>(made, fleet.inspector().promotions()));
        }
    }

    private void checkDue(List<SimulatedReplica> checkers) {
        Instant longAgo = fleet.agenda().now().minus(fleet.plan().reality().skew());
        longestDue.values().removeIf(made -> workload.goodUntil(made.item).isBefore(longAgo));
        for (Made<T> made : List.copyOf(longestDue.values())) {
            for (SimulatedReplica checker : checkers) {
                if (due(made, checker)) {
                    check(made, checker, "NoRevokeInUse");
                }
            }
        }
    }

    private boolean due(Made<T> made, SimulatedReplica checker) {
        return workload.goodUntil(made.item).isAfter(checker.clock().instant());
    }

    /** A session is used at any replica, and ends with its item. */
    private void useSessions(Inspector.Watch watch) {
        for (int i = 0; i < SESSIONS_USED && !sessions.isEmpty(); i++) {
            int index = random.nextInt(sessions.size());
            Session<T> session = sessions.get(index);
            SimulatedReplica checker = anyOf(watch.live());
            if (!due(session.held, checker)) {
                sessions.remove(index);
                continue;
            }
            Workload.Verdict<T> verdict = check(session.held, checker, "NoRevokeInUse");
            if (verdict instanceof Workload.Verdict.Replaced<T> replaced) {
                int version = checker.view().primary().number();
                session.held = new Made<>(
                        replaced.by(), version, checker.id(), fleet.agenda().now());
            }
            if (!session.outlived && fleet.inspector().promotions() >= session.promotionsBefore + 2) {
                session.outlived = true;
                fleet.tally().outlived();
            }
        }
    }

    private Workload.@Nullable Verdict<T> check(Made<T> made, SimulatedReplica checker, String invariant) {
        fleet.tally().checked();
        String reason;
        try {
            Workload.Verdict<T> verdict = station(checker).check(made.item);
            if (!(verdict instanceof Workload.Verdict.Rejected<T> rejected)) {
                return verdict;
            }
            reason = rejected.reason();
        } catch (RuntimeException e) {
            reason = "it failed with " + e;
        }
        fleet.tally()
                .falseReject(invariant + ": at " + fleet.agenda().now() + " in phase "
                        + fleet.record().phase() + ", " + describe(checker) + " rejects what replica " + made.maker
                        + " made with version " + made.version + " at " + made.at + ": " + reason);
        return null;
    }

    private Workload.Station<T> station(SimulatedReplica replica) {
        Workload.Station<T> station = stations.get(replica.id());
        if (station == null) {
            throw new IllegalStateException("replica " + replica.id() + " has no station");
        }
        return station;
    }

    private static String describe(SimulatedReplica replica) {
        return "replica " + replica.id() + " (" + replica.view().keyring() + ", read "
                + replica.view().staleness() + " ago, clock off by " + replica.skew() + ")";
    }

    private SimulatedReplica anyOf(List<SimulatedReplica> live) {
        return live.get(random.nextInt(live.size()));
    }
}
