package dev.slipring.testing;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreTraits;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A store that behaves badly on demand: reads that lag, outages, replies that are lost after the write took
 * effect. To give each replica faults of its own, wrap the store once and let each have a view {@link #beside()} the
 * first. Safe for use by several threads.
 */
public final class FaultInjectingStore implements SecretStore {
    private final SecretStore store;
    private final Ticker ticker;
    private final RecordHistory history;
    private Duration lag = Duration.ZERO;
    private boolean down;
    private int lostReplies;
    private long calls;

    private FaultInjectingStore(SecretStore store, Ticker ticker, RecordHistory history) {
        this.store = Objects.requireNonNull(store, "store");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.history = history;
    }

    /** A store that passes everything on to {@code store} until told otherwise. */
    public static FaultInjectingStore around(SecretStore store, Ticker ticker) {
        return new FaultInjectingStore(store, ticker, new RecordHistory());
    }

    /**
     * Another view of the same store, without faults until told otherwise. What is written through one view counts
     * for all of them from the moment it took effect, so that lags are exact.
     */
    public FaultInjectingStore beside() {
        return new FaultInjectingStore(store, ticker, history);
    }

    /**
     * From now on records are shown as they were {@code value} ago, or at the oldest as they are now; values of
     * versions are not delayed. Writes are judged by the present record. What was written past this object and the
     * views beside it counts from the first read that finds it, so read more often than the lag where the lag has to
     * be exact.
     */
    public synchronized void lag(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("lag " + value + " is negative");
        }
        lag = value;
        history.reachBack(value.toNanos());
    }

    /** While {@code value} is true, every call fails. */
    public synchronized void down(boolean value) {
        down = value;
    }

    /** The next {@code count} writes take effect, but their callers are told that the store did not answer. */
    public synchronized void loseReplies(int count) {
        lostReplies = count;
    }

    /** How many calls reached this store, failed ones included. */
    public synchronized long calls() {
        return calls;
    }

    @Override
    public synchronized Reading read(SecretName secret) {
        enter();
        Reading present = store.read(secret);
        long now = ticker.nanos();
        history.note(secret, present.record(), now);
        return new Reading(history.asOf(secret, now - lag.toNanos()), present.storeNow());
    }

    @Override
    public synchronized Optional<SecretValue> value(SecretName secret, int version) {
        enter();
        return store.value(secret, version);
    }

    @Override
    public synchronized boolean compareAndSet(SecretRecord next, WriteWindow window) {
        enter();
        boolean won = store.compareAndSet(next, window);
        if (won) {
            history.note(next.secret(), Optional.of(next), ticker.nanos());
        }
        leave();
        return won;
    }

    @Override
    public synchronized SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value) {
        enter();
        SecretValue stored = store.putValueIfAbsent(secret, version, value);
        leave();
        return stored;
    }

    @Override
    public synchronized boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        enter();
        boolean replaced = store.replaceValue(secret, version, expected, next);
        leave();
        return replaced;
    }

    @Override
    public synchronized void eraseValue(SecretName secret, int version) {
        enter();
        store.eraseValue(secret, version);
        leave();
    }

    @Override
    public StoreTraits traits() {
        return store.traits();
    }

    @Override
    public synchronized void report(SecretName secret, ReplicaReport report) {
        enter();
        store.report(secret, report);
        leave();
    }

    @Override
    public synchronized List<ReplicaReport> reports(SecretName secret) {
        enter();
        return store.reports(secret);
    }

    @Override
    public synchronized void reconcile(SecretName secret) {
        enter();
        store.reconcile(secret);
        leave();
    }

    @Override
    public synchronized Optional<String> rotatedBy(SecretName secret) {
        enter();
        return store.rotatedBy(secret);
    }

    @Override
    public synchronized Set<SecretName> names() {
        enter();
        return store.names();
    }

    @Override
    public synchronized SecretValue installationKey() {
        enter();
        return store.installationKey();
    }

    private void enter() {
        calls++;
        if (down) {
            throw new StoreUnavailableException("the store is down, as injected", null);
        }
    }

    private void leave() {
        if (lostReplies > 0) {
            lostReplies--;
            throw new StoreUnavailableException("the reply of the store was lost, as injected", null);
        }
    }
}
