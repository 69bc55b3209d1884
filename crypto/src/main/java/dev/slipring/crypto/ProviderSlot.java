package dev.slipring.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the implementations of one kind of primitive come from: one provider, which need not be installed, or what
 * the platform chooses. Safe for use by several threads.
 */
final class ProviderSlot {
    private final String kind;
    private final @Nullable Provider provider;

    /** The slot for {@code kind}; null for the platform's choice. */
    ProviderSlot(String kind, @Nullable Provider provider) {
        this.kind = kind;
        this.provider = provider;
    }

    /** Whether one provider was named. */
    boolean named() {
        return provider != null;
    }

    /** Whether there is a cipher of {@code transformation}. */
    boolean offers(String transformation) {
        try {
            make(transformation);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * A new cipher.
     *
     * @throws IllegalStateException if there is none of {@code transformation}
     */
    Cipher cipher(String transformation) {
        try {
            return make(transformation);
        } catch (GeneralSecurityException e) {
            throw lacks(transformation, e);
        }
    }

    /**
     * A new code under {@code key}, which the caller wipes.
     *
     * @throws IllegalStateException if there is none of {@code algorithm}
     */
    Mac mac(String algorithm, byte[] key) {
        try {
            Mac mac = provider == null ? Mac.getInstance(algorithm) : Mac.getInstance(algorithm, provider);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw lacks(algorithm, e);
        }
    }

    IllegalStateException lacks(String algorithm, @Nullable Exception cause) {
        String what = provider == null
                ? "this Java platform"
                : "the provider for " + kind + ", " + provider.getName() + " " + provider.getVersionStr() + ",";
        return new IllegalStateException(what + " lacks " + algorithm, cause);
    }

    @Override
    public String toString() {
        return kind + " " + (provider == null ? "by the platform" : "by " + provider.getName());
    }

    private Cipher make(String transformation) throws GeneralSecurityException {
        return provider == null ? Cipher.getInstance(transformation) : Cipher.getInstance(transformation, provider);
    }
}
