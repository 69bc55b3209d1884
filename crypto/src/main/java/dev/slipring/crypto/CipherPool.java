package dev.slipring.crypto;

import java.util.Objects;
import javax.crypto.Cipher;

/**
 * A few reusable {@link Cipher} objects of one transformation for one data key; makes a new one when none is at hand.
 * Safe for use by several threads.
 *
 * <p>A pool per data key, because a cipher that changes keys computes its tables anew, and so that the copies
 * of keys in the ciphers go when the data key does.
 */
final class CipherPool {
    private final ProviderSlot slot;
    private final String transformation;
    private final Stripes<Cipher> idle = new Stripes<>();

    /** An empty pool of ciphers of {@code transformation} from {@code slot}. */
    CipherPool(ProviderSlot slot, String transformation) {
        this.slot = slot;
        this.transformation = transformation;
    }

    /** A cipher in any state, to be initialised; {@link #give} returns it. */
    Cipher take() {
        Cipher cipher = idle.take();
        return cipher != null ? cipher : fresh();
    }

    /** With its provider settled: a cipher whose first initialisation met a wiped key could never get one again. */
    private Cipher fresh() {
        Cipher cipher = slot.cipher(transformation);
        Objects.requireNonNull(cipher.getProvider());
        return cipher;
    }

    /** Takes {@code cipher} back. */
    void give(Cipher cipher) {
        idle.give(cipher);
    }

    /** Lets go of all ciphers, which hold copies of the key. */
    void clear() {
        idle.clear();
    }
}
