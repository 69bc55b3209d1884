package dev.slipring.crypto;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The data keys of envelopes that were opened lately. An entry stands for the KEK object (and by it ring,
 * version and value), suite, wrapped DEK and commitment together: another envelope gets it only by naming the
 * same in every byte, and only after the ring has handed out that KEK for it, which looks at the version's
 * state. Each key is unwrapped once, however many threads ask. Failures are not kept.
 *
 * <p>Bounded by number; keys that leave are wiped. Safe for use by several threads.
 */
final class OpenedKeys {
    private static final int MOST = 1024;

    private final Cache<Id, OpenedKey> keys = Caffeine.newBuilder()
            .maximumSize(MOST)
            .executor(Runnable::run)
            .<Id, OpenedKey>removalListener((id, key, cause) -> {
                if (key != null) {
                    key.key().wipe();
                }
            })
            .build();

    /** What an opened key is found by. */
    private static final class Id {
        private final Kek kek;
        private final Suite suite;
        private final int wrappedLength;
        private final byte[] wrappedAndCommitment;

        Id(Kek kek, Envelope envelope) {
            this.kek = kek;
            suite = envelope.suite();
            wrappedLength = envelope.wrappedLength();
            wrappedAndCommitment = envelope.wrappedAndCommitment();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Id that
                    && kek == that.kek
                    && suite == that.suite
                    && wrappedLength == that.wrappedLength
                    && Arrays.equals(wrappedAndCommitment, that.wrappedAndCommitment);
        }

        /** Four bytes of the commitment, a hash already; who cannot unwrap cannot add colliding entries. */
        @Override
        public int hashCode() {
            byte[] b = wrappedAndCommitment;
            return b[wrappedLength] << 24
                    | (b[wrappedLength + 1] & 0xFF) << 16
                    | (b[wrappedLength + 2] & 0xFF) << 8
                    | (b[wrappedLength + 3] & 0xFF);
        }
    }

    /**
     * The data key of {@code envelope}, unwrapped by {@code kek} and matched with the commitment.
     *
     * @throws EnvelopeException {@code MALFORMED} or {@code TAMPERED} if the wrapped DEK or the commitment is
     *     not as {@code kek} made it
     */
    OpenedKey get(Kek kek, Envelope envelope) {
        return keys.get(new Id(kek, envelope), OpenedKeys::open);
    }

    /** Forgets the keys that {@code kek} unwrapped. */
    void drop(Kek kek) {
        keys.asMap().keySet().removeIf(id -> id.kek == kek);
    }

    /** Forgets all keys. */
    void clear() {
        keys.invalidateAll();
    }

    private static OpenedKey open(Id id) {
        byte[] wrapped = Arrays.copyOf(id.wrappedAndCommitment, id.wrappedLength);
        byte[] dek = id.kek.unwrap(wrapped);
        DataKey key;
        try {
            key = DataKey.derive(id.suite, dek);
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
        byte[] claimed = Arrays.copyOfRange(id.wrappedAndCommitment, id.wrappedLength, id.wrappedAndCommitment.length);
        if (!MessageDigest.isEqual(claimed, key.commitment())) {
            key.wipe();
            throw EnvelopeException.tampered();
        }
        return new OpenedKey(id.kek, wrapped, key);
    }
}
