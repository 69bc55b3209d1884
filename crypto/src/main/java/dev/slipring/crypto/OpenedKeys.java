package dev.slipring.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.Ticker;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The data keys that were opened lately. An entry stands for the KEK object (and by it ring, version and value),
 * suite, wrapped DEK, commitment and partition together: another envelope gets it only by naming the same in every
 * byte, and only after the ring has handed out that KEK for it, which looks at the version's state. Each key is
 * unwrapped once, however many threads ask, and no lock is held meanwhile. What a remote KEK has refused is not put to
 * it again for a short while; other failures are not kept. The last one found is looked at first, since rows often
 * share a data key; it counts for nothing once it left the others.
 *
 * <p>Bounded by number; keys that leave are wiped. Safe for use by several threads.
 */
final class OpenedKeys {
    private static final Duration REFUSED_FOR = Duration.ofSeconds(5);

    private final Flights<Id, OpenedKey> unwrapping;
    private final Flights<Object, WrappedKey> wrapping;
    private final Cache<Id, Failure> refused;
    private final Cache<Id, OpenedKey> keys;
    private final CryptoProviders providers;
    private final LongAdder loads = new LongAdder();
    private volatile @Nullable Found last;

    /** What an opened key is found by. */
    private record Id(WrappingKey kek, WrappedKey key, String partition) {}

    /** A key and what it was found by. */
    private record Found(Id id, OpenedKey key) {}

    OpenedKeys(KeySupply supply, Ticker ticker, CryptoProviders providers) {
        this.providers = providers;
        unwrapping = new Flights<>(supply.patience());
        wrapping = new Flights<>(supply.patience());
        refused = Caffeine.newBuilder()
                .maximumSize(supply.openedKeys())
                .expireAfterWrite(REFUSED_FOR)
                .ticker(ticker::nanos)
                .executor(Runnable::run)
                .build();
        keys = Caffeine.newBuilder()
                .maximumSize(supply.openedKeys())
                .executor(Runnable::run)
                .<Id, OpenedKey>removalListener((id, key, cause) -> {
                    if (key != null) {
                        key.wipe();
                    }
                })
                .build();
    }

    /**
     * The data key in {@code key}, unwrapped by {@code kek} and matched with the commitment.
     *
     * @param next a KEK that is to wrap it as well, if it has to be unwrapped
     * @throws EnvelopeException {@code MALFORMED} or {@code TAMPERED} if the wrapped DEK or the commitment is
     *     not as {@code kek} made it, {@code KEY_UNAVAILABLE} if the KEK does not answer
     */
    OpenedKey get(WrappingKey kek, WrappedKey key, String partition, @Nullable WrappingKey next) {
        Id id = new Id(kek, key, partition);
        Found recent = last;
        if (recent != null && recent.id.equals(id) && !recent.key.wiped()) {
            return recent.key;
        }
        OpenedKey known = keys.getIfPresent(id);
        if (known != null) {
            last = new Found(id, known);
            return known;
        }
        Failure failure = kek.remote() ? refused.getIfPresent(id) : null;
        if (failure != null) {
            throw new EnvelopeException(failure, kek + " has just refused this data key");
        }
        return unwrapping.get(id, () -> open(id, next));
    }

    /** How many keys were unwrapped. */
    long loads() {
        return loads.sum();
    }

    /** Forgets the keys that {@code kek}, which is wiped, unwrapped. */
    void drop(WrappingKey kek) {
        keys.asMap().keySet().removeIf(id -> id.kek() == kek);
    }

    /** Forgets the keys of one partition. */
    void drop(String partition) {
        keys.asMap().keySet().removeIf(id -> id.partition().equals(partition));
    }

    /** Forgets all keys. */
    void clear() {
        keys.invalidateAll();
    }

    private OpenedKey open(Id id, @Nullable WrappingKey next) {
        OpenedKey known = keys.getIfPresent(id);
        if (known != null) {
            return known;
        }
        try {
            OpenedKey opened = unwrap(id, next);
            loads.increment();
            keys.put(id, opened);
            if (id.kek().wiped()) { // whoever dropped the keys of a KEK wiped it before
                keys.invalidate(id);
                throw new AesKey.Wiped();
            }
            return opened;
        } catch (EnvelopeException e) {
            if (id.kek().remote() && e.failure() != Failure.KEY_UNAVAILABLE) {
                refused.put(id, e.failure());
            }
            throw e;
        }
    }

    private OpenedKey unwrap(Id id, @Nullable WrappingKey next) {
        byte[] dek = id.kek().unwrap(id.key());
        try {
            DataKey key = DataKey.derive(id.key().suite(), dek, providers);
            if (!MessageDigest.isEqual(id.key().commitment(), key.commitment())) {
                key.wipe();
                throw EnvelopeException.tampered();
            }
            id.kek().unwrapped();
            OpenedKey opened = new OpenedKey(id.kek(), id.key(), key, wrapping);
            wrap(opened, dek, next);
            return opened;
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }

    /** Saves a second unwrap. If it fails, that is for whoever asks for the wrapping, not for those who only open. */
    private static void wrap(OpenedKey opened, byte[] dek, @Nullable WrappingKey next) {
        if (next != null && next != opened.kek()) {
            try {
                opened.wrap(dek, next);
            } catch (EnvelopeException | AesKey.Wiped e) {
                return;
            }
        }
    }
}
