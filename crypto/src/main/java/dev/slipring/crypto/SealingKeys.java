package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one data key that encrypts now in one suite, replaced when its budget is spent or the primary KEK is another. A
 * data key encrypts only in the process that made it, which is what makes its budget exact. One thread makes
 * the next key while the others wait for it. Safe for use by several threads.
 */
final class SealingKeys implements AutoCloseable {
    private final Suite suite;
    private final Ring ring;
    private final DataKeyBudget budget;
    private final Ticker ticker;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock minting = new ReentrantLock();
    private volatile @Nullable SealingKey current;

    SealingKeys(Suite suite, Ring ring, DataKeyBudget budget, Ticker ticker) {
        this.suite = suite;
        this.ring = ring;
        this.budget = budget;
        this.ticker = ticker;
    }

    /** A key with one message of {@code length} bytes reserved, which may not be over the whole budget. */
    SealingKey reserve(int length) {
        SealingKey seen = current;
        return seen != null && fits(seen, length) ? seen : mint(seen, length);
    }

    /** Retires the key. */
    @Override
    public void close() {
        minting.lock();
        try {
            replace(null);
        } finally {
            minting.unlock();
        }
    }

    private boolean fits(SealingKey key, int length) {
        return key.kek() == ring.primary() && key.reserve(length, ticker.nanos());
    }

    private SealingKey mint(@Nullable SealingKey seen, int length) {
        minting.lock();
        try {
            SealingKey made = current;
            if (made != null && made != seen && fits(made, length)) {
                return made;
            }
            long now = ticker.nanos();
            byte[] dek = new byte[DataKey.LENGTH];
            random.nextBytes(dek);
            SealingKey fresh;
            try {
                fresh = new SealingKey(suite, ring.primary(), dek, budget, now);
            } finally {
                Arrays.fill(dek, (byte) 0);
            }
            fresh.reserve(length, now);
            replace(fresh);
            return fresh;
        } finally {
            minting.unlock();
        }
    }

    private void replace(@Nullable SealingKey next) {
        SealingKey last = current;
        current = next;
        if (last != null) {
            last.retire();
        }
    }
}
