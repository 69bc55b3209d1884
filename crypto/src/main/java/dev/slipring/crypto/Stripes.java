package dev.slipring.crypto;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A few reusable objects that one thread at a time may use. Lock-free and bounded: a thread looks into its own slot
 * and the one beside it; what finds no free slot on return is left to the collector. Safe for use by several threads.
 *
 * <p>Slots rather than a thread-local, which would hold one object for each virtual thread, and rather than one slot,
 * on which two threads already collide.
 */
final class Stripes<T> {
    private static final int BITS = Math.max(
            1,
            Math.min(4, 32 - Integer.numberOfLeadingZeros(Runtime.getRuntime().availableProcessors() - 1)));
    /** References between two slots, so that each has a cache line of its own. */
    private static final int STRIDE = 16;

    private final AtomicReferenceArray<T> slots = new AtomicReferenceArray<>(STRIDE << BITS);

    /** An object that was given before, or null. */
    @Nullable
    T take() {
        int home = home();
        T found = slots.getAndSet(home, null);
        return found != null ? found : slots.getAndSet(home ^ STRIDE, null);
    }

    /** Keeps {@code object}, which the caller uses no more. */
    void give(T object) {
        int home = home();
        if (!slots.compareAndSet(home, null, object)) {
            slots.compareAndSet(home ^ STRIDE, null, object);
        }
    }

    /** Lets go of all objects. */
    void clear() {
        for (int i = 0; i < slots.length(); i += STRIDE) {
            slots.set(i, null);
        }
    }

    private static int home() {
        int mixed = (int) Thread.currentThread().getId() * 0x9E3779B9;
        return (mixed >>> (32 - BITS)) * STRIDE;
    }
}
