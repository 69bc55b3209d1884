package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.Ticker;
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
    private final OpenedKeys opened;
    private final Sealers sealers;
    private volatile boolean closed;

    EnvelopeKeys(List<RingSource> sources, SuiteChoice choice, DataKeyBudget budget, KeySupply supply, Ticker ticker) {
        opened = new OpenedKeys(supply, ticker);
        for (RingSource source : sources) {
            Ring ring = Ring.follow(source.secret(), source.remote(), opened::drop);
            rings.put(ring.id(), ring);
        }
        writing = rings.values().iterator().next();
        sealers = new Sealers(choice, writing, budget, supply, ticker);
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
     * The data key of {@code envelope}, found by the checks in the order of the format.
     *
     * @param next a KEK that is to wrap it as well, if it has to be unwrapped
     */
    OpenedKey open(Envelope envelope, String partition, @Nullable WrappingKey next) {
        return open(envelope.wrappedKey(), partition, next);
    }

    /** A refresh or an eviction may wipe a key between its look-up and its use: look it up again. */
    <T> T whileLive(Supplier<T> use) {
        while (!closed) {
            try {
                return use.get();
            } catch (AesKey.Wiped e) {
                Thread.onSpinWait();
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
