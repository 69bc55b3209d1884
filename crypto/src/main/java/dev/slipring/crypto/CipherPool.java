package dev.slipring.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * A few reusable {@link Cipher} objects of one transformation for one data key. Lock-free and bounded: a thread
 * looks into its own slot and the one beside it, and makes a new object if both are empty; what finds no free
 * slot on return is left to the collector.
 *
 * <p>A pool per data key, because a cipher that changes keys computes its tables anew, and so that the copies
 * of keys in the ciphers go when the data key does. Slots rather than a
 * thread-local, which would hold one cipher for each virtual thread, and rather than one slot, on which two
 * threads already collide.
 */
final class CipherPool {
    private static final int BITS = Math.max(
            1,
            Math.min(4, 32 - Integer.numberOfLeadingZeros(Runtime.getRuntime().availableProcessors() - 1)));
    /** References between two slots, so that each has a cache line of its own. */
    private static final int STRIDE = 16;

    private final String transformation;
    private final @Nullable Provider provider;
    private final AtomicReferenceArray<Cipher> slots = new AtomicReferenceArray<>(STRIDE << BITS);

    private CipherPool(String transformation, @Nullable Provider provider) {
        this.transformation = transformation;
        this.provider = provider;
    }

    /** An empty pool of ciphers of {@code transformation}, from the platform's preferred provider. */
    static CipherPool of(String transformation) {
        return new CipherPool(transformation, null);
    }

    /** An empty pool of ciphers of {@code transformation} from {@code provider}, which need not be installed. */
    static CipherPool of(String transformation, Provider provider) {
        return new CipherPool(transformation, provider);
    }

    /** A cipher in any state, to be initialised; {@link #give} returns it. */
    Cipher take() throws GeneralSecurityException {
        int home = home();
        Cipher cipher = slots.getAndSet(home, null);
        if (cipher == null) {
            cipher = slots.getAndSet(home ^ STRIDE, null);
        }
        return cipher != null ? cipher : fresh();
    }

    /** With its provider settled: a cipher whose first initialisation met a wiped key could never get one again. */
    private Cipher fresh() throws GeneralSecurityException {
        Cipher cipher =
                provider == null ? Cipher.getInstance(transformation) : Cipher.getInstance(transformation, provider);
        Objects.requireNonNull(cipher.getProvider());
        return cipher;
    }

    /** Takes {@code cipher} back. */
    void give(Cipher cipher) {
        int home = home();
        if (!slots.compareAndSet(home, null, cipher)) {
            slots.compareAndSet(home ^ STRIDE, null, cipher);
        }
    }

    /** Lets go of all ciphers, which hold copies of the key. */
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
