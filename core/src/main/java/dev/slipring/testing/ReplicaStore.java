package dev.slipring.testing;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The store as one replica meets it: each read lags by something else, the store's clock is wrong, writes are slow,
 * replies get lost, and the replica may be killed right before and right after each call that changes something.
 */
final class ReplicaStore implements SecretStore {
    private final FaultInjectingStore store;
    private final Fleet fleet;
    private final Moments moments;
    private Lag lag;
    private long lastRead;
    private Instant lastNow = Instant.EPOCH;

    /** Where a replica may be killed. */
    interface Moments {
        void pass(String moment);
    }

    /** How far behind the next read is. */
    interface Lag {
        Duration draw();
    }

    ReplicaStore(FaultInjectingStore store, Fleet fleet, Moments moments, Lag lag) {
        this.store = store;
        this.fleet = fleet;
        this.moments = moments;
        this.lag = lag;
    }

    void lag(Lag value) {
        lag = value;
    }

    void down(boolean value) {
        store.down(value);
    }

    /** The store's time as the last read showed it. */
    Instant lastNow() {
        return lastNow;
    }

    @Override
    public Reading read(SecretName secret) {
        store.lag(lag.draw());
        Reading reading = counted(() -> store.read(secret));
        lastRead = fleet.agenda().nanos();
        lastNow = reading.storeNow().plus(fleet.adversary().storeClock());
        return new Reading(reading.record(), lastNow);
    }

    @Override
    public Optional<SecretValue> value(SecretName secret, int version) {
        return counted(() -> store.value(secret, version));
    }

    @Override
    public boolean compareAndSet(SecretRecord next, WriteWindow window) {
        return changing("compareAndSet", () -> {
            Duration sinceRead = Duration.ofNanos(fleet.agenda().nanos() - lastRead);
            fleet.agenda().pass(fleet.adversary().writeDelay().minus(sinceRead));
            return store.compareAndSet(next, window);
        });
    }

    @Override
    public SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        return changing("putValueIfAbsent", () -> store.putValueIfAbsent(secret, version, value));
    }

    @Override
    public boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        return changing("replaceValue", () -> store.replaceValue(secret, version, expected, next));
    }

    @Override
    public void eraseValue(SecretName secret, int version) {
        changing("eraseValue", () -> {
            store.eraseValue(secret, version);
            return true;
        });
    }

    @Override
    public StoreTraits traits() {
        return fleet.plan().reporting() ? store.traits() : StoreTraits.PLAIN;
    }

    @Override
    public void report(SecretName secret, ReplicaReport report) {
        counted(() -> {
            store.report(secret, report);
            return true;
        });
    }

    @Override
    public List<ReplicaReport> reports(SecretName secret) {
        return counted(() -> store.reports(secret));
    }

    @Override
    public Set<SecretName> names() {
        return counted(store::names);
    }

    @Override
    public SecretValue installationKey() {
        return counted(store::installationKey);
    }

    private <R> R changing(String call, Supplier<R> body) {
        moments.pass("before " + call);
        if (fleet.chance(fleet.plan().faults().lostReply())) {
            store.loseReplies(1);
            fleet.tally().lostReply();
        }
        try {
            return counted(body);
        } finally {
            store.loseReplies(0);
            fleet.look();
            moments.pass("after " + call);
        }
    }

    private <R> R counted(Supplier<R> body) {
        try {
            return body.get();
        } catch (StoreUnavailableException e) {
            fleet.tally().storeFailure();
            throw e;
        }
    }
}
