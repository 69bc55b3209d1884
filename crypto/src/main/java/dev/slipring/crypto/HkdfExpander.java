package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import java.util.Arrays;

/**
 * HKDF-Expand-SHA512 (RFC 5869) under one key. Safe for use by several threads.
 */
final class HkdfExpander {
    private final AesKey key;
    private final CryptoProviders providers;

    /**
     * Expands {@code key}, which {@link #wipe} wipes.
     *
     * @throws IllegalArgumentException if the key has not 32 bytes
     */
    HkdfExpander(AesKey key, CryptoProviders providers) {
        if (key.length() != DataKey.LENGTH) {
            throw new IllegalArgumentException("an input key of " + key.length() + " bytes");
        }
        this.key = key;
        this.providers = providers;
    }

    /**
     * {@code length} bytes for {@code info}, owned by the caller.
     *
     * @throws AesKey.Wiped if the key is wiped
     */
    byte[] expand(byte[] info, int length) {
        byte[] bytes = key.getEncoded();
        try {
            return Hkdf.SHA512.expand(providers.mac(Hkdf.SHA512, bytes), info, length);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Wipes the key. */
    void wipe() {
        key.destroy();
    }
}
