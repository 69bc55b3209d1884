package dev.slipring.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A data key that was unwrapped from an envelope and matched its commitment. Remembers how the last KEK
 * wrapped it, since a rewrap meets the same data key in many rows. Safe for use by several threads.
 */
final class OpenedKey {
    private final Kek kek;
    private final byte[] wrapped;
    private final DataKey key;
    private volatile @Nullable Rewrapping last;

    /** A KEK and what it made of the DEK. */
    private static final class Rewrapping {
        private final Kek kek;
        private final byte[] wrapped;

        Rewrapping(Kek kek, byte[] wrapped) {
            this.kek = kek;
            this.wrapped = wrapped;
        }
    }

    OpenedKey(Kek kek, byte[] wrapped, DataKey key) {
        this.kek = kek;
        this.wrapped = wrapped;
        this.key = key;
    }

    /** The KEK that wraps it where it was found. */
    Kek kek() {
        return kek;
    }

    /** The payload key. */
    DataKey key() {
        return key;
    }

    /** The DEK wrapped by {@code other}; not to be changed. */
    byte[] wrappedBy(Kek other) {
        Rewrapping known = last;
        if (known != null && known.kek == other) {
            return known.wrapped;
        }
        byte[] dek = kek.unwrap(wrapped);
        try {
            Rewrapping made = new Rewrapping(other, other.wrap(dek));
            last = made;
            return made.wrapped;
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
    }
}
