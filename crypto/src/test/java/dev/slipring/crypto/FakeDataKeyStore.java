package dev.slipring.crypto;

import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.InMemoryDataKeyStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.StoredDataKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A store of data keys that counts its calls, and fails, hangs or is overtaken on demand. Safe for use by several threads. */
final class FakeDataKeyStore implements DataKeyStore {
    private final InMemoryDataKeyStore store = InMemoryDataKeyStore.create();
    private final AtomicInteger finds = new AtomicInteger();
    private final AtomicInteger hanging = new AtomicInteger();
    private volatile boolean down;
    private volatile Runnable afterFind = () -> {};
    private volatile Runnable beforeReplace = () -> {};
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** While {@code down}, every call fails. */
    void down(boolean value) {
        down = value;
    }

    /** From now on every call hangs until the result is counted down. */
    CountDownLatch hang() {
        gate = new CountDownLatch(1);
        return gate;
    }

    /** Runs {@code other} once, after the next record was found and before it is handed out. */
    void afterFind(Runnable other) {
        afterFind = other;
    }

    /** Runs {@code other} before each compare-and-set takes place. */
    void beforeReplace(Runnable other) {
        beforeReplace = other;
    }

    /** How often a record was looked for. */
    int finds() {
        return finds.get();
    }

    /** How many calls have come to a closed gate. */
    int hanging() {
        return hanging.get();
    }

    /** Puts {@code record} in the place of what is there. */
    void overwrite(Commitment commitment, byte[] record) {
        byte[] present = store.find(commitment).orElseThrow();
        store.replace(commitment, present, record);
    }

    /** The record of the one data key that {@code envelope} refers to. */
    DataKeyRecord record(byte[] envelope) {
        Commitment commitment = Envelope.parse(envelope).commitment();
        return DataKeyRecord.parse(commitment, store.find(commitment).orElseThrow());
    }

    @Override
    public Optional<byte[]> find(Commitment commitment) {
        finds.incrementAndGet();
        call();
        Optional<byte[]> found = store.find(commitment);
        Runnable other = afterFind;
        afterFind = () -> {};
        other.run();
        return found;
    }

    @Override
    public boolean putIfAbsent(Commitment commitment, byte[] record) {
        call();
        return store.putIfAbsent(commitment, record);
    }

    @Override
    public boolean replace(Commitment commitment, byte[] expected, byte[] next) {
        call();
        Runnable other = beforeReplace;
        other.run();
        return store.replace(commitment, expected, next);
    }

    @Override
    public List<StoredDataKey> scan(@Nullable Commitment after, int limit) {
        call();
        return store.scan(after, limit);
    }

    private void call() {
        CountDownLatch closed = gate;
        if (closed.getCount() > 0) {
            hanging.incrementAndGet();
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (down) {
            throw new StoreUnavailableException("the fake store is down", null);
        }
    }
}
