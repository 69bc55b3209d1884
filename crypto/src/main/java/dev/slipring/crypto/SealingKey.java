package dev.slipring.crypto;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A data key that encrypts, with what is left of its budget. Every message is reserved before the key is
 * used, so no bound is exceeded whatever the number of threads; a key that is retired is wiped when its last
 * message is done. Safe for use by several threads.
 */
final class SealingKey {
    private final Kek kek;
    private final DataKey key;
    private final byte[] prefix;
    private final DataKeyBudget budget;
    private final long madeAt;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder done = new LongAdder();
    private volatile boolean retired;

    /** The key that {@code dek} gives for {@code suite}, wrapped by {@code kek}; made at {@code madeAt}. */
    SealingKey(Suite suite, Kek kek, byte[] dek, DataKeyBudget budget, long madeAt) {
        this.kek = kek;
        this.key = DataKey.derive(suite, dek);
        this.prefix = Envelope.prefix(suite, kek, kek.wrap(dek), key.commitment());
        this.budget = budget;
        this.madeAt = madeAt;
    }

    Kek kek() {
        return kek;
    }

    /** Takes one message of {@code length} bytes from the budget, unless a bound forbids it: then never again. */
    boolean reserve(int length, long now) {
        if (now - madeAt >= budget.age().toNanos() || messages.get() >= budget.messages()) {
            return false;
        }
        if (messages.incrementAndGet() <= budget.messages() && bytes.addAndGet(length) <= budget.bytes()) {
            return true;
        }
        finish();
        return false;
    }

    /** The envelope of {@code plaintext}, for which budget was reserved. */
    byte[] seal(byte[] plaintext, Context context) {
        try {
            byte[] envelope = key.seal(prefix, plaintext, context);
            kek.produced();
            return envelope;
        } finally {
            finish();
        }
    }

    /** Lets the key be wiped as soon as no reserved message waits for it. */
    void retire() {
        retired = true;
        wipeIfIdle();
    }

    private void finish() {
        done.increment();
        if (retired) {
            wipeIfIdle();
        }
    }

    private void wipeIfIdle() {
        // In this order: what was done by now was reserved before.
        if (done.sum() == messages.get()) {
            key.wipe();
        }
    }
}
