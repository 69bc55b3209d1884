package dev.slipring.crypto;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A data key that encrypts, with what is left of its budget. Every message is reserved before the key is
 * used, so no bound is exceeded whatever the number of threads; a key that is retired is wiped when its last
 * message is done. Safe for use by several threads.
 */
final class SealingKey {
    /** How long it takes until a next key is tried for again: a second, in nanoseconds. */
    private static final long AGAIN = 1_000_000_000L;

    private final WrappingKey kek;
    private final DataKey key;
    private final byte[] prefix;
    private final DataKeyBudget budget;
    private final long madeAt;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder done = new LongAdder();
    private final AtomicLong nextTryAt;
    private volatile boolean retired;

    /** The key {@code key}, whose envelopes begin with {@code prefix}; made at {@code madeAt} under {@code kek}. */
    SealingKey(WrappingKey kek, DataKey key, byte[] prefix, DataKeyBudget budget, long madeAt) {
        this.kek = kek;
        this.key = key;
        this.prefix = prefix;
        this.budget = budget;
        this.madeAt = madeAt;
        nextTryAt = new AtomicLong(madeAt);
    }

    WrappingKey kek() {
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

    /** Whether it is time to make the next key, and for the caller to do so. */
    boolean claimNext(long now, long aheadOfAge) {
        if (now - madeAt < budget.age().toNanos() - aheadOfAge
                && messages.get() < fourFifths(budget.messages())
                && bytes.get() < fourFifths(budget.bytes())) {
            return false;
        }
        long at = nextTryAt.get();
        return now - at >= 0 && nextTryAt.compareAndSet(at, now + AGAIN);
    }

    /** How long it will still encrypt if it is only the age that ends it, in nanoseconds. */
    long left(long now) {
        boolean spent = messages.get() >= budget.messages() || bytes.get() >= budget.bytes();
        return spent ? 0 : Math.max(0, budget.age().toNanos() - (now - madeAt));
    }

    /** How many messages were reserved. */
    long reserved() {
        return Math.min(messages.get(), budget.messages());
    }

    /** How many more it takes, unless bytes or age end it before. */
    long messagesLeft() {
        return budget.messages() - reserved();
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

    private static long fourFifths(long bound) {
        return bound - bound / 5;
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
