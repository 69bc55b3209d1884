package dev.slipring.crypto;

import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.StoredDataKey;
import java.util.List;
import java.util.function.Consumer;

/**
 * The data keys of a store, each as the header of an inline envelope: all that a census looks at, and to be unwrapped
 * without the store. What is no record of a data key is given as it stands, and is no envelope. Thread-safe.
 */
final class DataKeySource implements EnvelopeSource {
    private final DataKeyStore store;

    DataKeySource(DataKeyStore store) {
        this.store = store;
    }

    @Override
    public void forEach(Consumer<byte[]> envelopes) {
        List<StoredDataKey> page = store.scan(null, DataKeyStore.MAX_PAGE);
        while (!page.isEmpty()) {
            page.forEach(entry -> envelopes.accept(header(entry)));
            Commitment last = page.get(page.size() - 1).commitment();
            page = store.scan(last, DataKeyStore.MAX_PAGE);
        }
    }

    @Override
    public String toString() {
        return "DataKeySource[" + store + "]";
    }

    private static byte[] header(StoredDataKey entry) {
        byte[] record = entry.record();
        try {
            WrappedKey key = DataKeyRecord.parse(entry.commitment(), record).key();
            byte[] referring = Envelope.referringPrefix(key.suite(), key.commitment());
            return Envelope.parseBeginning(referring).inline(key);
        } catch (EnvelopeException e) {
            return record;
        }
    }
}
