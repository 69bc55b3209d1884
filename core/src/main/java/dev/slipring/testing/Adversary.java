package dev.slipring.testing;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes the worst of each transition. Some replicas make their last read at the last moment at which it still shows the
 * record before, hear nothing until they are about to stop counting, and act once more right then. Others read at
 * once. A wait is begun as early and ended as early as clocks and slow writes allow.
 */
final class Adversary {
    private static final Duration INSTANT = Duration.ofNanos(1);

    private final Fleet fleet;
    private final SplittableRandom random;
    private final Reality reality;
    private Duration storeClock = Duration.ZERO;
    private Duration writeDelay = Duration.ZERO;
    private Duration early = Duration.ZERO;
    private long epoch;
    private @Nullable SimulatedReplica lastWriter;

    Adversary(Fleet fleet) {
        this.fleet = fleet;
        this.random = fleet.random().split();
        this.reality = fleet.plan().reality();
    }

    /** By how much the store's clock is wrong now. */
    Duration storeClock() {
        return storeClock.plus(early);
    }

    /** How long after its read a write takes effect now. */
    Duration writeDelay() {
        return writeDelay;
    }

    void wroteLast(SimulatedReplica replica) {
        lastWriter = replica;
    }

    /** The record has just become {@code after}. */
    void changed(SecretRecord after) {
        epoch = after.epoch();
        setPace(after);
        List<SimulatedReplica> present = fleet.live();
        List<SimulatedReplica> victims = present.stream()
                .filter(replica -> !replica.isCutOff() && random.nextInt(4) == 0)
                .toList();
        victims.forEach(this::leaveBehind);
        List<SimulatedReplica> prompt = present.stream()
                .filter(replica -> !replica.isCutOff() && !victims.contains(replica) && random.nextInt(3) > 0)
                .toList();
        fleet.agenda().soon(() -> {
            prompt.forEach(SimulatedReplica::refreshAtOnce);
            fleet.inspector().pulse(true);
        });
        long mine = epoch;
        fleet.agenda().soon(() -> press(mine));
    }

    /** What begins a wait is stamped early and done late; what ends one is decided early and done at once. */
    private void setPace(SecretRecord record) {
        Phase phase = record.phase();
        boolean begins = phase == Phase.MINTING;
        boolean both = phase == Phase.PUBLISHED || readmitted(record);
        boolean opening = begins || (both && random.nextBoolean()) || random.nextInt(8) == 0;
        Duration half = reality.skew().dividedBy(2);
        storeClock = opening ? half.negated() : half;
        writeDelay = opening ? reality.writeDelay() : Duration.ZERO;
        early = early(record);
    }

    private Duration early(SecretRecord record) {
        if (record.phase() == Phase.PUBLISHED) {
            return reality.haste().promotion();
        }
        if (readmitted(record)) {
            return reality.haste().swap();
        }
        boolean retiring = record.versions().stream().map(SecretVersion::state).anyMatch(VersionState.RETIRING::equals);
        return retiring ? reality.haste().revocation() : Duration.ZERO;
    }

    private static boolean readmitted(SecretRecord record) {
        return record.versions().stream().anyMatch(v -> v.at(Stamp.READMITTED).isPresent());
    }

    private void leaveBehind(SimulatedReplica victim) {
        victim.lagBehind();
        fleet.agenda().after(reality.view().behind().minus(INSTANT), () -> {
            victim.refresh();
            victim.cutOff();
            fleet.agenda().after(reality.view().staleness(), () -> lastAct(victim));
        });
    }

    private void lastAct(SimulatedReplica victim) {
        if (victim.live()) {
            fleet.tally().leftBehind(victim.view().staleness());
            fleet.inspector().spotlight(victim);
        }
        boolean overstays = random.nextInt(5) == 0;
        if (overstays) {
            fleet.agenda().after(fleet.upTo(reality.view().staleness()), victim::reconnect);
        } else {
            victim.reconnect();
        }
    }

    /** Has somebody take the next step at the very moment at which it is allowed. */
    private void press(long mine) {
        if (mine != epoch) {
            return;
        }
        Duration next = actor().hurry().orElse(fleet.refreshInterval().dividedBy(10));
        if (mine == epoch) {
            Duration shortest = Duration.ofMillis(1);
            fleet.agenda().after(next.compareTo(shortest) < 0 ? shortest : next, () -> press(mine));
        }
    }

    /** Mostly whoever wrote last, since others may leave the next step to that replica for a while. */
    private SimulatedReplica actor() {
        SimulatedReplica last = lastWriter;
        if (last != null && last.running() && !last.isCutOff() && random.nextInt(4) > 0) {
            return last;
        }
        List<SimulatedReplica> able = fleet.replicas().stream()
                .filter(replica -> replica.running() && !replica.isCutOff())
                .toList();
        List<SimulatedReplica> from = able.isEmpty() ? fleet.replicas() : able;
        return from.get(random.nextInt(from.size()));
    }
}
