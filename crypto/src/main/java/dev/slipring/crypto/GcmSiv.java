package dev.slipring.crypto;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * AES-256-GCM-SIV (RFC 8452) from Bouncy Castle, since the JDK has none. The provider is an instance of this
 * class's own: it is not installed, and changes nothing for the rest of the process.
 */
final class GcmSiv {
    private GcmSiv() {}

    /** Loaded when the first cipher is needed: the provider takes a good part of a second. */
    private static final class Engine {
        private static final Provider PROVIDER = new BouncyCastleProvider();

        private Engine() {}
    }

    /**
     * An empty pool of its ciphers.
     *
     * @throws EnvelopeException {@code UNSUPPORTED} if Bouncy Castle is not there
     */
    static CipherPool ciphers() {
        try {
            return new CipherPool(new ProviderSlot("AES-GCM-SIV", Engine.PROVIDER), "AES/GCM-SIV/NoPadding");
        } catch (LinkageError e) {
            throw EnvelopeException.unsupported("envelope suite " + Suite.AES_256_GCM_SIV.id()
                    + " takes Bouncy Castle (bcprov), which is not on the class path");
        }
    }
}
