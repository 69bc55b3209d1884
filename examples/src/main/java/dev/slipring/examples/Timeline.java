package dev.slipring.examples;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.Step;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What became of each version and when, as told by the replicas: each transition by the one that wrote it. Safe for
 * use by several threads.
 */
final class Timeline {
    private final RunClock clock;
    private final Consumer<String> news;
    private final List<Change> changes = new ArrayList<>();
    private final Map<String, SecretRecord> newest = new HashMap<>();
    private final Map<String, Integer> completed = new HashMap<>();
    private final Set<String> alerts = new HashSet<>();
    private volatile Succession succession = (change, old) -> {};

    /**
     * A version entered a state.
     *
     * @param secret name of the secret
     * @param version number of the version
     * @param state the state entered
     * @param at milliseconds since the run began
     * @param by who wrote it
     * @param epoch the secret's epoch by that write
     */
    record Change(String secret, int version, VersionState state, long at, String by, long epoch) {}

    /** Is told at once when a version is published and when it becomes primary, by the thread that wrote that. */
    interface Succession {
        /** {@code change} was just written; {@code old} is the version that was primary until then. */
        void advanced(Change change, SecretVersion old);
    }

    /** An empty time line, which tells {@code news} of each change in words. */
    Timeline(RunClock clock, Consumer<String> news) {
        this.clock = clock;
        this.news = news;
    }

    /** By which changes are dated. */
    RunClock clock() {
        return clock;
    }

    /** What the rotators of {@code replica} are to tell. */
    RotationListener listener(String replica) {
        return new RotationListener() {
            @Override
            public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
                record(replica, step, before, after);
            }

            @Override
            public void onAlert(SecretName secret, String why) {
                alert(secret + ": " + why);
            }
        };
    }

    /** Calls {@code listener} from now on. */
    void onSuccession(Succession listener) {
        succession = listener;
    }

    /** Notes the versions of secrets that were there before the run. */
    synchronized void found(Keyring keyring) {
        String secret = keyring.secret().value();
        for (SecretVersion version : keyring.versions()) {
            if (changes.stream().noneMatch(c -> c.secret.equals(secret) && c.version == version.number())) {
                changes.add(new Change(secret, version.number(), version.state(), 0, "an earlier run", 0));
            }
        }
    }

    /** Everything that changed, in order. */
    synchronized List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Whether a rotation of any secret is under way. */
    synchronized boolean rotating() {
        return newest.values().stream().anyMatch(record -> record.phase() != Phase.IDLE);
    }

    /** Whether a rotation of {@code secret} is under way. */
    synchronized boolean rotating(String secret) {
        SecretRecord record = newest.get(secret);
        return record != null && record.phase() != Phase.IDLE;
    }

    /** How many rotations of {@code secret} were completed: begun, promoted, overlap over. */
    synchronized int completed(String secret) {
        return completed.getOrDefault(secret, 0);
    }

    /** How often a version of {@code secret} became primary. */
    synchronized int promotions(String secret) {
        return (int) changes.stream()
                .filter(c -> c.secret.equals(secret) && c.state == VersionState.PRIMARY)
                .count();
    }

    /** The primary version of {@code secret}, 0 if none is known. */
    synchronized int primary(String secret) {
        return changes.stream()
                .filter(c -> c.secret.equals(secret) && c.state == VersionState.PRIMARY)
                .mapToInt(Change::version)
                .reduce(0, (earlier, later) -> later);
    }

    /** Whether a version of {@code secret} is in {@code state} at present. */
    synchronized boolean has(String secret, VersionState state) {
        SecretRecord record = newest.get(secret);
        return record != null && record.versions().stream().anyMatch(version -> version.state() == state);
    }

    private void record(String replica, Step.Write step, Optional<SecretRecord> before, SecretRecord after) {
        List<Change> fresh = new ArrayList<>();
        synchronized (this) {
            String secret = after.secret().value();
            newest.merge(secret, after, (known, told) -> told.epoch() > known.epoch() ? told : known);
            if (step instanceof Step.Park) {
                completed.merge(secret, 1, Integer::sum);
            }
            for (SecretVersion version : after.versions()) {
                Optional<VersionState> old = before.flatMap(record -> record.version(version.number()))
                        .map(SecretVersion::state);
                if (!old.equals(Optional.of(version.state()))) {
                    fresh.add(insert(new Change(
                            secret, version.number(), version.state(), clock.millis(), replica, after.epoch())));
                }
            }
        }
        for (Change change : fresh) {
            if (change.state == VersionState.PUBLISHED || change.state == VersionState.PRIMARY) {
                before.stream()
                        .flatMap(record -> record.versions().stream())
                        .filter(version -> version.state().produces())
                        .forEach(old -> succession.advanced(change, old));
            }
        }
        for (Change change : fresh) {
            if (change.state != VersionState.STAGED) {
                news.accept(
                        String.format("%-9s v%d %-9s (%s)", change.secret, change.version, change.state, change.by));
            }
        }
    }

    /** Two replicas may tell of two writes in the other order: epochs say which came first. */
    private Change insert(Change told) {
        int place = changes.size();
        long at = told.at;
        while (place > 0
                && changes.get(place - 1).secret.equals(told.secret)
                && changes.get(place - 1).epoch > told.epoch) {
            place--;
            at = Math.min(at, changes.get(place).at);
        }
        Change change = new Change(told.secret, told.version, told.state, at, told.by, told.epoch);
        changes.add(place, change);
        return change;
    }

    private void alert(String text) {
        boolean fresh;
        synchronized (this) {
            fresh = alerts.add(text);
        }
        if (fresh) {
            news.accept("alert: " + text);
        }
    }
}
