package dev.slipring.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A data key that was unwrapped and matched its commitment. Remembers how the last KEK wrapped it, since a rewrap
 * meets the same data key in many rows. Safe for use by several threads.
 */
final class OpenedKey {
    private final WrappingKey kek;
    private final WrappedKey wrapped;
    private final DataKey key;
    private final Flights<Object, WrappedKey> flights;
    private volatile @Nullable Wrapping last;
    private volatile boolean wiped;

    /** A KEK and what it made of the DEK. */
    private static final class Wrapping {
        private final WrappingKey kek;
        private final WrappedKey wrapped;

        Wrapping(WrappingKey kek, WrappedKey wrapped) {
            this.kek = kek;
            this.wrapped = wrapped;
        }
    }

    /** A key whose calls to its KEKs are shared through {@code flights}. */
    OpenedKey(WrappingKey kek, WrappedKey wrapped, DataKey key, Flights<Object, WrappedKey> flights) {
        this.kek = kek;
        this.wrapped = wrapped;
        this.key = key;
        this.flights = flights;
    }

    /** The KEK that wraps it where it was found. */
    WrappingKey kek() {
        return kek;
    }

    /** How it was found. */
    WrappedKey wrapped() {
        return wrapped;
    }

    /** The payload key. */
    DataKey key() {
        return key;
    }

    /** Wipes the payload key; a use that comes later, or comes in between, ends in {@link AesKey.Wiped}. */
    void wipe() {
        wiped = true; // before it happens: who meets a wiped key and comes again has to see it
        key.wipe();
    }

    boolean wiped() {
        return wiped;
    }

    /** Wraps {@code dek}, which is this key's, by {@code other} while it is at hand. */
    void wrap(byte[] dek, WrappingKey other) {
        last = new Wrapping(other, wrapped.wrappedBy(other, other.wrap(dek, wrapped.suite(), key.commitment())));
    }

    /** This key wrapped by {@code other}. */
    WrappedKey wrappedBy(WrappingKey other) {
        WrappedKey known = known(other);
        return known != null ? known : flights.get(this, () -> rewrap(other));
    }

    private @Nullable WrappedKey known(WrappingKey other) {
        Wrapping known = last;
        return known != null && known.kek == other ? known.wrapped : null;
    }

    private WrappedKey rewrap(WrappingKey other) {
        WrappedKey known = known(other);
        if (known != null) {
            return known;
        }
        byte[] dek = kek.unwrap(wrapped);
        try {
            WrappedKey made = wrapped.wrappedBy(other, other.wrap(dek, wrapped.suite(), key.commitment()));
            last = new Wrapping(other, made);
            return made;
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }
}
