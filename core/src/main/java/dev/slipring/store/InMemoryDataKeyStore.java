package dev.slipring.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DataKeyStore} in the heap of one process: for tests, and for data that need not outlive it. Safe for use by
 * several threads.
 */
public final class InMemoryDataKeyStore implements DataKeyStore {
    private final TreeMap<Commitment, byte[]> records = new TreeMap<>();

    private InMemoryDataKeyStore() {}

    /** An empty store. */
    public static InMemoryDataKeyStore create() {
        return new InMemoryDataKeyStore();
    }

    @Override
    public synchronized Optional<byte[]> find(Commitment commitment) {
        return Optional.ofNullable(records.get(commitment)).map(byte[]::clone);
    }

    @Override
    public synchronized boolean putIfAbsent(Commitment commitment, byte[] record) {
        DataKeyStore.checkRecord(record);
        return records.putIfAbsent(commitment, record.clone()) == null;
    }

    @Override
    public synchronized boolean replace(Commitment commitment, byte[] expected, byte[] next) {
        DataKeyStore.checkRecord(next);
        byte[] present = records.get(commitment);
        if (present == null || !Arrays.equals(present, expected)) {
            return false;
        }
        records.put(commitment, next.clone());
        return true;
    }

    @Override
    public synchronized List<StoredDataKey> scan(@Nullable Commitment after, int limit) {
        DataKeyStore.checkLimit(limit);
        Map<Commitment, byte[]> rest = after == null ? records : records.tailMap(after, false);
        List<StoredDataKey> page = new ArrayList<>();
        for (Map.Entry<Commitment, byte[]> entry : rest.entrySet()) {
            if (page.size() == limit) {
                break;
            }
            page.add(new StoredDataKey(entry.getKey(), entry.getValue()));
        }
        return page;
    }

    @Override
    public synchronized String toString() {
        return "InMemoryDataKeyStore[" + records.size() + " data keys]";
    }
}
