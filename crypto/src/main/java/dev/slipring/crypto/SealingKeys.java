package dev.slipring.crypto;

import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The data key that encrypts now in one suite and partition, and the next one once it is made: ahead of time, by one
 * thread, while the present key goes on. A key is replaced when its budget is spent, and at once when the primary KEK
 * is another. A data key encrypts only in the process that made it, which is what makes its budget exact.
 *
 * <p>Both keys stand in one immutable pair. No lock is held while a key is made, which may be a call to a remote KEK
 * or a store; whoever needs that key waits, bounded. Safe for use by several threads.
 */
final class SealingKeys implements AutoCloseable {
    /** There is one thing to make, so one call at a time. */
    private static final Object MINTING = "the next data key";

    private final Minter minter;
    private final Sealers owner;
    private final Ring ring;
    private final Ticker ticker;
    private final long aheadOfAge;
    private final Flights<Object, Boolean> flights;
    private final AtomicReference<Pair> keys = new AtomicReference<>(new Pair(null, null));
    private final LongAdder made = new LongAdder();
    private final LongAdder retired = new LongAdder();
    private volatile boolean closed;

    /** The key that encrypts and the one that comes after it; compared by identity. */
    private static final class Pair {
        private final @Nullable SealingKey current;
        private final @Nullable SealingKey next;

        Pair(@Nullable SealingKey current, @Nullable SealingKey next) {
            this.current = current;
            this.next = next;
        }
    }

    /** Keys that {@code minter} makes, among others of {@code owner}. */
    SealingKeys(Minter minter, Sealers owner) {
        this.minter = minter;
        this.owner = owner;
        ring = owner.ring();
        ticker = owner.ticker();
        aheadOfAge = owner.ahead().toNanos();
        flights = new Flights<>(owner.supply().patience());
    }

    /**
     * A key with one message of {@code length} bytes reserved, which may not be over the whole budget.
     *
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if one has to be made and cannot
     * @throws AesKey.Wiped if this is closed
     */
    SealingKey reserve(int length) {
        while (!closed) {
            long now = ticker.nanos();
            owner.dropIfCloned(now);
            Pair seen = present();
            WrappingKey primary = ring.primary();
            SealingKey current = seen.current;
            if (current != null && current.kek() == primary && current.reserve(length, now)) {
                if (seen.next == null && current.claimNext(now, aheadOfAge)) {
                    flights.launch(MINTING, owner.supply().executor(), () -> mint(seen));
                }
                return current;
            }
            if (seen.next != null && seen.next.kek() == primary) {
                replace(seen, new Pair(seen.next, null));
            } else {
                flights.get(MINTING, () -> mint(seen));
            }
        }
        throw new AesKey.Wiped();
    }

    /** How long the keys at hand will encrypt, as far as their messages and bytes last. */
    Duration lasting() {
        Pair present = present();
        WrappingKey primary = ring.primary();
        long now = ticker.nanos();
        return Duration.ofNanos(Math.max(left(present.current, primary, now), left(present.next, primary, now)));
    }

    /** How many messages the keys at hand still take. */
    long messagesLeft() {
        Pair present = present();
        return (present.current == null ? 0 : present.current.messagesLeft())
                + (present.next == null ? 0 : present.next.messagesLeft());
    }

    /** How many messages were encrypted under keys made here, those of retired keys as of when they were retired. */
    long reserved() {
        SealingKey current = present().current;
        return retired.sum() + (current == null ? 0 : current.reserved());
    }

    /** How many keys were made here. */
    long made() {
        return made.sum();
    }

    /** Retires the keys; the next message is encrypted under a new one. */
    void drop() {
        Pair none = new Pair(null, null); // another than before, so that a key that is being made now is not kept
        Pair present = Objects.requireNonNull(keys.getAndSet(none));
        retireUnlessIn(none, present.current);
        retireUnlessIn(none, present.next);
    }

    /** Retires the keys and makes no more. */
    @Override
    public void close() {
        closed = true;
        drop();
    }

    private static long left(@Nullable SealingKey key, WrappingKey primary, long now) {
        return key != null && key.kek() == primary ? key.left(now) : 0;
    }

    /**
     * Makes the next key. If it is no longer {@code seen} that there is, the key is not kept: another was made, or the
     * keys were dropped for a reason that goes for this one too.
     */
    private Boolean mint(Pair seen) {
        if (present() != seen) {
            return false;
        }
        SealingKey next = minter.mint();
        made.increment();
        boolean ahead = seen.current != null && seen.current.kek() == next.kek();
        Pair after = ahead ? new Pair(seen.current, next) : new Pair(next, null);
        if (closed || !replace(seen, after)) {
            next.retire();
            return false;
        }
        if (closed) {
            drop(); // closing may have come between looking and replacing
        }
        return true;
    }

    private boolean replace(Pair before, Pair after) {
        boolean replaced = keys.compareAndSet(before, after);
        if (replaced) {
            retireUnlessIn(after, before.current);
            retireUnlessIn(after, before.next);
        }
        return replaced;
    }

    private Pair present() {
        return Objects.requireNonNull(keys.get());
    }

    private void retireUnlessIn(Pair kept, @Nullable SealingKey key) {
        if (key != null && key != kept.current && key != kept.next) {
            retired.add(key.reserved());
            key.retire();
        }
    }
}
