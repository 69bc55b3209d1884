package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.StaleKeyringException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The rings of one encryptor, the first of which wraps, and the data keys that were opened under any of them.
 * Safe for use by several threads.
 */
final class EnvelopeKeys implements AutoCloseable {
    private final Ring first;
    private final Map<Integer, Ring> rings = new LinkedHashMap<>();
    private final OpenedKeys opened = new OpenedKeys();
    private volatile boolean closed;

    /** The rings of {@code secrets}, of which there is one at least, each with another ring id. */
    EnvelopeKeys(List<RotatingSecret> secrets) {
        for (RotatingSecret secret : secrets) {
            Ring ring = Ring.follow(secret, opened::drop);
            rings.put(ring.id(), ring);
        }
        first = rings.values().iterator().next();
    }

    /** The ring that wraps new data keys. */
    Ring wrapping() {
        return first;
    }

    /**
     * The data key of {@code envelope}, matched with its commitment.
     *
     * @throws EnvelopeException if it cannot be had, saying why
     */
    OpenedKey open(Envelope envelope) {
        EnvelopeHeader header = envelope.header();
        Ring ring = rings.get(header.ringId());
        if (ring == null) {
            throw new EnvelopeException(
                    Failure.WRONG_RING,
                    "ring " + Integer.toUnsignedString(header.ringId()) + " is none of those this encryptor opens");
        }
        return opened.get(ring.kek(header.kekVersion()), envelope);
    }

    /**
     * {@code envelope}, or as much of it as was given, under the version that wraps now.
     *
     * @throws EnvelopeException as in {@link #open}
     * @throws StaleKeyringException if there is something to be done and nothing may be produced
     */
    Rewrapped rewrap(Envelope envelope) {
        return whileLive(() -> {
            OpenedKey key = open(envelope);
            Kek primary = first.primary();
            if (key.kek() == primary) {
                return new Rewrapped(envelope.bytes(), false);
            }
            first.checkProduction();
            Rewrapped rewrapped = new Rewrapped(envelope.rewrapped(primary, key.wrappedBy(primary)), true);
            primary.produced();
            return rewrapped;
        });
    }

    /**
     * What {@code use} gives. A refresh or an eviction may wipe a key between its look-up and its use: {@code use}
     * then runs again and looks it up anew.
     *
     * @throws IllegalStateException if this is closed
     */
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

    /** Wipes all keys held here. */
    @Override
    public void close() {
        closed = true;
        opened.clear();
        rings.values().forEach(Ring::close);
    }

    @Override
    public String toString() {
        return rings.values().stream()
                .map(ring -> ring.name() + " ring " + ring.id())
                .toList()
                .toString();
    }
}
