package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All keys of one encryptor and its partitions: the rings, the data keys that encrypt, and those that were opened
 * lately. Safe for use by several threads.
 */
final class EnvelopeKeys implements AutoCloseable {
    private final Ring writing;
    private final Map<Integer, Ring> rings = new LinkedHashMap<>();
    private final @Nullable DataKeyRecords records;
    private final OpenedKeys opened;
    private final Sealers sealers;
    private final List<RotatingSecret.Subscription> shown;
    private volatile boolean closed;

    /**
     * What the keys of an encryptor are made of.
     *
     * @param rings the one that encrypts, then those that may be opened as well
     * @param store where the data keys of envelopes in reference mode are; null if those are not supported
     * @param refers whether new envelopes are in reference mode, which takes a store
     */
    record Plan(
            List<RingSource> rings,
            SuiteChoice choice,
            @Nullable DataKeyStore store,
            boolean refers,
            DataKeyBudget budget,
            KeySupply supply,
            Ticker ticker,
            CryptoProviders providers) {}

    EnvelopeKeys(Plan plan) {
        opened = new OpenedKeys(plan.supply, plan.ticker, plan.providers);
        records = plan.store == null ? null : new DataKeyRecords(plan.store, plan.supply, plan.ticker);
        for (RingSource source : plan.rings) {
            Ring ring = Ring.follow(source, plan.providers, opened::drop);
            rings.put(ring.id(), ring);
        }
        writing = rings.values().iterator().next();
        sealers = new Sealers(plan, writing, plan.refers ? records : null);
        shown = show(plan.rings.get(0).secret().uses().measures());
    }

    /** Read from what is counted for budgets anyway; where a message finds its key at hand nothing is counted for it. */
    private List<RotatingSecret.Subscription> show(Measures measures) {
        String name = "slipring.crypto.datakey.";
        return List.of(
                measures.add(Measure.counter(name + "loads", Map.of("by", "unwrap"), opened::loads)),
                measures.add(Measure.counter(name + "loads", Map.of("by", "mint"), sealers::made)),
                measures.add(Measure.counter(name + "hits", Map.of(), sealers::hits)),
                measures.add(Measure.gauge(name + "budget.left", Map.of(), sealers::messagesLeft)));
    }

    /** The ring whose primary version wraps new data keys. */
    Ring wrapping() {
        return writing;
    }

    /** The data keys that encrypt. */
    Sealers sealers() {
        return sealers;
    }

    /**
     * The records of data keys.
     *
     * @throws EnvelopeException {@code UNSUPPORTED} if there is no store
     */
    DataKeyRecords records() {
        if (records == null) {
            throw EnvelopeException.unsupported("envelopes in reference mode take a store of data keys");
        }
        return records;
    }

    /**
     * The data key of {@code envelope}, found by the checks in the order of the format. In reference mode the record
     * that was read last serves, unless it does not open; then the present one has to.
     *
     * @param next a KEK that is to wrap it as well, if it has to be unwrapped
     */
    OpenedKey open(Envelope envelope, String partition, @Nullable WrappingKey next) {
        if (!envelope.refers()) {
            return open(envelope.wrappedKey(), partition, next);
        }
        Commitment commitment = envelope.commitment();
        DataKeyRecord record = records().find(commitment);
        try {
            return open(record, envelope.suite(), partition, next);
        } catch (EnvelopeException e) {
            DataKeyRecord present = records().findAgain(commitment, record);
            if (present.equals(record)) {
                throw e;
            }
            return open(present, envelope.suite(), partition, next);
        }
    }

    /** The same, by what the store's record says now. */
    OpenedKey openPresent(Envelope envelope, String partition) {
        return envelope.refers()
                ? open(records().read(envelope.commitment()), envelope.suite(), partition, null)
                : open(envelope.wrappedKey(), partition, null);
    }

    /** The same for an envelope of {@code suite} whose record is at hand. */
    OpenedKey open(DataKeyRecord record, Suite suite, String partition, @Nullable WrappingKey next) {
        if (record.key().suite() != suite) {
            throw EnvelopeException.tampered();
        }
        return open(record.key(), partition, next);
    }

    /** A refresh or an eviction may wipe a key between its look-up and its use: look it up again. */
    <T> T whileLive(Supplier<T> use) {
        while (!closed) {
            try {
                return use.get();
            } catch (AesKey.Wiped e) {
                Thread.onSpinWait();
            } catch (EnvelopeException e) {
                if (e.failure() == Failure.TAMPERED) {
                    writing.tampered();
                }
                throw e;
            }
        }
        throw new IllegalStateException("this encryptor is closed");
    }

    /** Forgets the data keys of one partition. */
    void drop(String partition) {
        sealers.drop(partition);
        opened.drop(partition);
    }

    /** Forgets all data keys. */
    void drop() {
        sealers.drop();
        opened.clear();
    }

    /** Wipes all keys. */
    @Override
    public void close() {
        closed = true;
        shown.forEach(RotatingSecret.Subscription::close);
        sealers.close();
        rings.values().forEach(Ring::close);
        opened.clear();
    }

    @Override
    public String toString() {
        return rings.values().stream()
                .map(ring -> ring.name() + " ring " + ring.id())
                .toList()
                .toString();
    }

    private OpenedKey open(WrappedKey key, String partition, @Nullable WrappingKey next) {
        EnvelopeHeader header = key.header();
        Ring ring = rings.get(header.ringId());
        if (ring == null) {
            throw new EnvelopeException(
                    Failure.WRONG_RING,
                    "ring " + Integer.toUnsignedString(header.ringId()) + " is none of those this encryptor opens");
        }
        return opened.get(ring.kek(header.kekVersion()), key, partition, next);
    }
}
