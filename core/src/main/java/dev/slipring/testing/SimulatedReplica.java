package dev.slipring.testing;

import dev.slipring.keyring.KeyringLoader;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SlipringException;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.Step;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.StoreUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One process of the fleet: a real view of the secret and a real rotator on a store and an issuer that fail. It is
 * killed and started again. Adoption is counted as lag of what the view reads: its users see the store as it
 * was that much earlier.
 */
final class SimulatedReplica {
    private final int id;
    private final Duration skew;
    private final Fleet fleet;
    private final SplittableRandom random;
    private final ReplicaStore reads;
    private final ReplicaStore writes;
    private @Nullable RotatingSecret secret;
    private @Nullable Rotator rotator;
    private int life;
    private boolean busy;
    private boolean cutOff;
    private boolean outage;

    SimulatedReplica(int id, Duration skew, Fleet fleet, FaultInjectingStore store) {
        this.id = id;
        this.skew = skew;
        this.fleet = fleet;
        this.random = fleet.random().split();
        this.reads = new ReplicaStore(store.beside(), fleet, moment -> {}, this::readLag);
        this.writes = new ReplicaStore(store.beside(), fleet, this::mayCrash, this::writeLag);
    }

    int id() {
        return id;
    }

    Duration skew() {
        return skew;
    }

    InstantSource clock() {
        return () -> fleet.agenda().now().plus(skew);
    }

    /** Starts the process; without the store it tries again later. */
    void start() {
        if (secret != null) {
            return;
        }
        Duration interval = fleet.refreshInterval();
        try {
            secret = newView().build();
        } catch (StoreUnavailableException e) {
            fleet.agenda().after(fleet.upTo(interval), this::start);
            return;
        }
        rotator = newRotator();
        fleet.inspector().joined(this, secret);
        int mine = life;
        fleet.agenda().after(fleet.upTo(interval), () -> turn(mine));
    }

    /** Ends the process for good. */
    void stop() {
        life++;
        RotatingSecret ended = secret;
        if (ended != null) {
            fleet.inspector().left(this);
            ended.close();
        }
        secret = null;
        rotator = null;
    }

    boolean running() {
        return secret != null;
    }

    /** Whether it counts: it runs, and its view is not older than a live replica's may be. */
    boolean live() {
        RotatingSecret view = secret;
        return view != null
                && view.staleness().compareTo(fleet.plan().reality().view().staleness()) <= 0;
    }

    /** Its view; it must be running. */
    RotatingSecret view() {
        RotatingSecret view = secret;
        if (view == null) {
            throw new IllegalStateException("replica " + id + " is not running");
        }
        return view;
    }

    /** Reads the store now, if it can be reached. */
    void refresh() {
        RotatingSecret view = secret;
        if (view == null) {
            return;
        }
        try {
            view.refresh();
        } catch (StoreUnavailableException e) {
            // counted where it was thrown
        }
    }

    /** The same, without any lag. */
    void refreshAtOnce() {
        reads.lag(() -> Duration.ZERO);
        refresh();
        reads.lag(this::readLag);
    }

    /** From now on every read shows the store as old as any may. */
    void lagBehind() {
        reads.lag(() -> fleet.plan().reality().view().behind());
    }

    /** From now on nothing is heard from the store. */
    void cutOff() {
        cutOff = true;
        reachable();
    }

    void reconnect() {
        cutOff = false;
        reads.lag(this::readLag);
        reachable();
        refresh();
    }

    boolean isCutOff() {
        return cutOff;
    }

    void outage(boolean value) {
        outage = value;
        reachable();
    }

    /** Lets the rotator work now; returns when it wants to go on, or empty if it could not do anything. */
    Optional<Duration> hurry() {
        writes.lag(() -> Duration.ZERO);
        try {
            return work(Rotator::run).flatMap(this::due);
        } finally {
            writes.lag(this::writeLag);
        }
    }

    Optional<Answer> command(Command command) {
        return work(r -> r.command(command));
    }

    private interface Work<R> {
        R with(Rotator rotator);
    }

    private <R> Optional<R> work(Work<R> work) {
        Rotator present = rotator;
        if (present == null || busy) {
            return Optional.empty();
        }
        busy = true;
        try {
            return Optional.of(work.with(present));
        } catch (SlipringException e) {
            return Optional.empty();
        } catch (Crash e) {
            stop();
            fleet.agenda().after(fleet.upTo(fleet.refreshInterval()), this::start);
            return Optional.empty();
        } finally {
            busy = false;
        }
    }

    /** What the rotator does by itself: it looks again after an interval with jitter, or when a wait is over. */
    private void turn(int mine) {
        if (mine != life) {
            return;
        }
        Duration interval = fleet.refreshInterval();
        Duration jittered = interval.minusNanos(random.nextLong(interval.toNanos() / 5 + 1));
        Duration next = work(Rotator::run)
                .flatMap(this::due)
                .filter(due -> !due.isNegative() && due.compareTo(jittered) < 0)
                .orElse(jittered);
        fleet.agenda().after(next, () -> turn(mine));
    }

    private Optional<Duration> due(Step.Rest rest) {
        return rest instanceof Step.Refuse
                ? Optional.empty()
                : Optional.of(Duration.between(writes.lastNow(), rest.until()));
    }

    private RotatingSecret.Builder newView() {
        RotatingSecret.Builder builder = RotatingSecret.builder(
                        Fleet.NAME, loader(), fleet.agenda().scheduler())
                .ticker(fleet.agenda().clock())
                .random(random.split());
        return fleet.plan().reporting()
                ? builder.reports("replica-" + id, report -> writes.report(Fleet.NAME, report))
                : builder;
    }

    private Rotator newRotator() {
        Rotator.Builder builder = Rotator.builder(
                        Fleet.NAME,
                        writes,
                        new FaultyIssuer(fleet.issuer(), fleet, this::mayCrash),
                        fleet.plan().policy())
                .replica("replica-" + id)
                .ticker(fleet.agenda().clock())
                .random(random.split())
                .audit(event -> {})
                .listener((step, before, after) -> {
                    fleet.tally().step(step);
                    fleet.adversary().wroteLast(this);
                });
        if (fleet.plan().census() != null) {
            builder.census(fleet.plan().census());
        }
        return builder.build();
    }

    /** A view that cannot be made from what the store holds is a fault of the protocol; an outage is not. */
    private KeyringLoader loader() {
        KeyringReader reader = KeyringReader.of(reads, Fleet.NAME);
        return known -> {
            try {
                return reader.load(known);
            } catch (StoreUnavailableException e) {
                throw e;
            } catch (RuntimeException e) {
                fleet.tally().violation("Readable: replica " + id + " cannot read the secret: " + e.getMessage());
                throw e;
            }
        };
    }

    private void mayCrash(String moment) {
        if (busy && fleet.chance(fleet.plan().faults().crash())) {
            String where = fleet.record().phase() + " " + moment;
            fleet.tally().crash(where);
            throw new Crash(where);
        }
    }

    private Duration readLag() {
        return fleet.upTo(fleet.plan().reality().view().behind());
    }

    private Duration writeLag() {
        return fleet.upTo(fleet.plan().reality().view().lag());
    }

    private void reachable() {
        reads.down(cutOff || outage);
        writes.down(cutOff || outage);
    }
}
