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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A store that behaves badly on demand: reads that lag, outages, replies that are lost after the write took
 * effect. Wrap one store several times to give each replica faults of its own. Safe for use by several threads.
 */
public final class FaultInjectingStore implements SecretStore {
    private final SecretStore store;
    private final Ticker ticker;
    private final Map<SecretName, Deque<Seen>> history = new HashMap<>();
    private Duration lag = Duration.ZERO;
    private boolean down;
    private int lostReplies;
    private long calls;

    /** What was in the store, and the monotonic moment at which this object learned it. */
    private record Seen(Optional<SecretRecord> record, long at) {}

    private FaultInjectingStore(SecretStore store, Ticker ticker) {
        this.store = Objects.requireNonNull(store, "store");
        this.ticker = Objects.requireNonNull(ticker, "ticker");
    }

    /** A store that passes everything on to {@code store} until told otherwise. */
    public static FaultInjectingStore around(SecretStore store, Ticker ticker) {
        return new FaultInjectingStore(store, ticker);
    }

    /**
     * From now on records are shown as they were {@code value} ago, or at the oldest as they are now; values of
     * versions are not delayed. Writes are judged by the present record. What others wrote counts from the first
     * read here that finds it, so read more often than the lag where the lag has to be exact.
     */
    public synchronized void lag(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("lag " + value + " is negative");
        }
        lag = value;
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
        Deque<Seen> seen = history.computeIfAbsent(secret, name -> new ArrayDeque<>());
        long now = ticker.nanos();
        boolean changed = seen.isEmpty() || !seen.getLast().record.equals(present.record());
        if (changed) {
            seen.add(new Seen(present.record(), now));
        }
        // the newest reading that was true a lag ago; what was replaced before that is not needed any more
        while (seen.size() > 1 && secondIsOldEnough(seen, now)) {
            seen.removeFirst();
        }
        return new Reading(seen.getFirst().record, present.storeNow());
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
            history.computeIfAbsent(next.secret(), name -> new ArrayDeque<>())
                    .add(new Seen(Optional.of(next), ticker.nanos()));
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

    private boolean secondIsOldEnough(Deque<Seen> seen, long now) {
        Iterator<Seen> entries = seen.iterator();
        entries.next();
        return now - entries.next().at >= lag.toNanos();
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
