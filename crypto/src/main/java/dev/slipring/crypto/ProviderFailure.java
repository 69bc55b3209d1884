package dev.slipring.crypto;

import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;

/**
 * Tells apart what providers throw, each in its own way. A key that was wiped meanwhile comes first: some providers
 * hide its {@link AesKey.Wiped} in an exception of theirs.
 */
final class ProviderFailure {
    private ProviderFailure() {}

    /** Of a cipher that was to seal under {@code key}. */
    static RuntimeException sealing(AesKey key, Exception thrown) {
        return key.isDestroyed()
                ? new AesKey.Wiped()
                : new IllegalStateException("the provider failed to encrypt", thrown);
    }

    /**
     * Of a cipher that was to open foreign bytes under {@code key}.
     *
     * @param ready whether it came as far as these bytes: then they are what it refuses
     */
    static RuntimeException opening(AesKey key, boolean ready, Exception thrown) {
        if (key.isDestroyed()) {
            return new AesKey.Wiped();
        }
        boolean refused = thrown instanceof BadPaddingException
                || thrown instanceof IllegalBlockSizeException
                || thrown instanceof RuntimeException;
        return ready && refused
                ? EnvelopeException.tampered()
                : new IllegalStateException("the provider failed to decrypt", thrown);
    }
}
