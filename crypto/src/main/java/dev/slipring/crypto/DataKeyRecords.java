package dev.slipring.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.StoredDataKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of data keys in a store, for envelopes in reference mode. What was found lately is not asked for again;
 * what was not found is not asked for again for a few seconds. Each is asked for once, however many threads want it,
 * and no lock is held meanwhile. A store that fails is {@code KEY_UNAVAILABLE}.
 *
 * <p>Bounded by number. Safe for use by several threads.
 */
final class DataKeyRecords {
    /** How long an answer of the store stands when there is reason to ask again. */
    private static final Duration STANDS = Duration.ofSeconds(5);

    private final DataKeyStore store;
    private final InstantSource clock;
    private final Ticker ticker;
    private final Flights<Commitment, Found> reading;
    private final Cache<Commitment, Found> found;
    private final Cache<Commitment, Boolean> missing;

    /** A record and when it was read. */
    private static final class Found {
        private final DataKeyRecord record;
        private final long readAt;

        Found(DataKeyRecord record, long readAt) {
            this.record = record;
            this.readAt = readAt;
        }
    }

    DataKeyRecords(DataKeyStore store, KeySupply supply, Ticker ticker) {
        this.store = store;
        this.clock = supply.clock();
        this.ticker = ticker;
        reading = new Flights<>(supply.patience());
        found = Caffeine.newBuilder()
                .maximumSize(supply.openedKeys())
                .executor(Runnable::run)
                .build();
        missing = Caffeine.newBuilder()
                .maximumSize(supply.openedKeys())
                .expireAfterWrite(STANDS)
                .ticker(ticker::nanos)
                .executor(Runnable::run)
                .build();
    }

    /**
     * The record of {@code commitment}, which may have been rewrapped since it was read.
     *
     * @throws EnvelopeException {@code KEY_NOT_FOUND} if there was none lately; if it is none
     */
    DataKeyRecord find(Commitment commitment) {
        Found known = found.getIfPresent(commitment);
        return known != null ? known.record : ask(commitment, null);
    }

    /**
     * The record as it is now, as far as the store was not asked in the last few seconds.
     *
     * @param seen which was of no use
     * @return one that equals {@code seen} if nothing else is known
     */
    DataKeyRecord findAgain(Commitment commitment, DataKeyRecord seen) {
        Found known = found.getIfPresent(commitment);
        return known != null && stands(known, seen) ? known.record : ask(commitment, seen);
    }

    /** The record as the store has it now. */
    DataKeyRecord read(Commitment commitment) {
        return load(commitment).record;
    }

    /**
     * Keeps the record of {@code key}, made now, before anything under it is handed out.
     *
     * @return false if there is another record of it, which then is to be opened and checked
     */
    boolean put(WrappedKey key) {
        DataKeyRecord record = DataKeyRecord.of(key, clock.instant());
        Commitment commitment = record.commitment();
        boolean kept = call(() -> store.putIfAbsent(commitment, record.bytes()))
                || Arrays.equals(
                        record.bytes(), call(() -> store.find(commitment)).orElse(null));
        missing.invalidate(commitment);
        return kept;
    }

    /** Replaces {@code expected}, unless another writer was first. */
    boolean replace(DataKeyRecord expected, DataKeyRecord next) {
        Commitment commitment = expected.commitment();
        long now = ticker.nanos();
        boolean replaced = call(() -> store.replace(commitment, expected.bytes(), next.bytes()));
        if (replaced) {
            found.put(commitment, new Found(next, now));
        }
        return replaced;
    }

    /** A page of the store, as in {@link DataKeyStore#scan}. */
    List<StoredDataKey> scan(@Nullable Commitment after, int limit) {
        return call(() -> store.scan(after, limit));
    }

    private DataKeyRecord ask(Commitment commitment, @Nullable DataKeyRecord seen) {
        if (missing.getIfPresent(commitment) != null) {
            throw notFound(commitment);
        }
        return reading.get(commitment, () -> {
                    Found known = found.getIfPresent(commitment);
                    return known != null && stands(known, seen) ? known : load(commitment);
                })
                .record;
    }

    /** Whether the store need not be asked, as it said something else than {@code seen}, or said it just now. */
    private boolean stands(Found known, @Nullable DataKeyRecord seen) {
        return seen == null || !known.record.equals(seen) || ticker.nanos() - known.readAt < STANDS.toNanos();
    }

    private Found load(Commitment commitment) {
        long now = ticker.nanos();
        Optional<byte[]> stored = call(() -> store.find(commitment));
        if (stored.isEmpty()) {
            found.invalidate(commitment);
            missing.put(commitment, true);
            throw notFound(commitment);
        }
        Found fresh = new Found(DataKeyRecord.parse(commitment, stored.get()), now);
        found.put(commitment, fresh);
        return fresh;
    }

    private static EnvelopeException notFound(Commitment commitment) {
        return new EnvelopeException(Failure.KEY_NOT_FOUND, "the store has no data key " + commitment);
    }

    private static <T> T call(Supplier<T> storing) {
        try {
            return storing.get();
        } catch (RuntimeException e) {
            throw new EnvelopeException(Failure.KEY_UNAVAILABLE, "the store of data keys does not answer", e);
        }
    }
}
