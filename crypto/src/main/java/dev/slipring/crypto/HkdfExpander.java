package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * HKDF-Expand-SHA512 (RFC 5869) under one key, whose codes are keyed once and not for each message. Safe for use by
 * several threads.
 */
final class HkdfExpander {
    private final AesKey key;
    private final CryptoProviders providers;
    private final Stripes<Mac> idle = new Stripes<>();

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
        Mac mac = take();
        byte[] expanded = Hkdf.SHA512.expand(mac, info, length);
        idle.give(mac);
        return expanded;
    }

    /** Wipes the key and lets go of all codes, which hold what was made of it. */
    void wipe() {
        key.destroy();
        idle.clear();
    }

    private Mac take() {
        if (key.isDestroyed()) {
            throw new AesKey.Wiped(); // a code may have come back after the others went
        }
        Mac mac = idle.take();
        if (mac != null) {
            return mac;
        }
        byte[] bytes = key.getEncoded();
        try {
            return providers.mac(Hkdf.SHA512, bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
