package dev.slipring.keyring;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this replica says of itself, for one secret: how far its users have come, and what they produced with. A
 * snapshot counts as taken up once it has been in force for the adoption time A and nobody withholds it. Told by
 * one thread at a time; the rest is safe for use by several threads.
 */
final class Attendance {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingSecret.class);

    private final SecretName secret;
    private final @Nullable String replica;
    private final Consumer<ReplicaReport> sink;
    private final UseRecorder uses = new UseRecorder();
    private final Map<Integer, Instant> lastUse = new TreeMap<>();
    private final List<User> users = new CopyOnWriteArrayList<>();
    /** Snapshots in force that are not known to be taken up yet, oldest first. */
    private final Deque<InForce> pending = new ArrayDeque<>();

    private Keyring.@Nullable Edition takenUp;

    private record InForce(Keyring.Edition edition, long since) {}

    /** Somebody whose word counts; equal to nobody else, so that two may give the same supplier. */
    private static final class User {
        private final BooleanSupplier settled;

        User(BooleanSupplier settled) {
            this.settled = settled;
        }
    }

    /** Without a name of the replica nothing is told. */
    Attendance(SecretName secret, @Nullable String replica, Consumer<ReplicaReport> sink) {
        this.secret = secret;
        this.replica = replica;
        this.sink = sink;
    }

    UseRecorder uses() {
        return uses;
    }

    RotatingSecret.Subscription acknowledgeWhen(BooleanSupplier condition) {
        User user = new User(condition);
        users.add(user);
        return () -> users.remove(user);
    }

    /**
     * Notes that {@code keyring} is in force at {@code now}, and tells the store.
     *
     * @return whether the lease of this replica is renewed, or it has none
     */
    boolean attend(Keyring keyring, long now) {
        advance(keyring, now);
        uses.takeMarks(version -> lastUse.put(version, keyring.asOf()));
        return replica == null || told(replica, keyring);
    }

    private void advance(Keyring keyring, long now) {
        Keyring.Edition edition = keyring.edition();
        if (takenUp == null) {
            takenUp = edition; // nobody in this replica has had an older view
        }
        if (pending.isEmpty()
                ? !edition.equals(takenUp)
                : !pending.getLast().edition.equals(edition)) {
            pending.add(new InForce(edition, now));
        }
        long adoption = edition.timing().get(TimingParameter.ADOPTION).toNanos();
        while (!pending.isEmpty() && now - pending.getFirst().since >= adoption && everybodySettled()) {
            takenUp = pending.removeFirst().edition;
        }
    }

    /** Whoever cannot tell is not settled; a failure here must not keep anybody from the new snapshot. */
    private boolean everybodySettled() {
        try {
            return users.stream().allMatch(user -> user.settled.getAsBoolean());
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("secret", secret).setCause(e).log("a user could not tell whether it is settled");
            return false;
        }
    }

    private boolean told(String name, Keyring keyring) {
        Keyring.Edition edition = takenUp == null ? keyring.edition() : takenUp;
        Instant leaseUntil = keyring.asOf().plus(keyring.edition().timing().horizon());
        try {
            sink.accept(new ReplicaReport(name, edition.incarnation(), edition.epoch(), leaseUntil, lastUse));
            return true;
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("secret", secret).setCause(e).log("this replica could not report");
            return false;
        }
    }
}
