package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Where the cryptography of an {@link EnvelopeEncryptor} comes from: a provider for authenticated encryption, one for
 * the message authentication codes that keys are derived with, one for key wrapping, and a source of random bytes.
 * Providers are taken as the objects they are. They need not be installed, and what else is installed, in which order,
 * makes no difference.
 *
 * <p>A provider has to take keys of any class by their encoding. What it copies of them is its own to wipe; the keys
 * here are wiped whatever the provider is.
 *
 * <p>Outside of this are keys that somebody else holds, which a {@link KeyWrapper} brings, and the packages
 * {@code dev.slipring.crypto.kek} and {@code dev.slipring.crypto.legacy}, which read material of other origin with what
 * the platform and Bouncy Castle have.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class CryptoProviders {
    private static final String GCM = "AES/GCM/NoPadding";
    private static final String GCM_SIV = "AES/GCM-SIV/NoPadding";
    /** The JDK's name, then the object identifier, by which any provider may be asked. */
    private static final String[] KEY_WRAP = {"AES/KWP/NoPadding", "2.16.840.1.101.3.4.1.48"};

    private final ProviderSlot aead;
    private final ProviderSlot mac;
    private final ProviderSlot keyWrap;
    private final SecureRandom random;
    private final boolean fips;

    private CryptoProviders(Builder from, SecureRandom random, boolean fips) {
        aead = new ProviderSlot("AEAD", from.aead);
        mac = new ProviderSlot("MAC", from.mac);
        keyWrap = new ProviderSlot("key wrap", from.keyWrap);
        this.random = random;
        this.fips = fips;
    }

    /** Made when it is asked for first: who names providers does not touch those that are installed. */
    private static final class Platform {
        private static final CryptoProviders CHOICE = builder().build();

        private Platform() {}
    }

    /**
     * What the Java platform prefers, and Bouncy Castle for AES-256-GCM-SIV, which the JDK lacks. It is what an
     * encryptor uses unless told.
     *
     * @return the platform's choice
     */
    public static CryptoProviders platform() {
        return Platform.CHOICE;
    }

    /**
     * A FIPS profile: everything from {@code module}, random bytes from its source {@code DEFAULT} or {@code DRBG}.
     *
     * <p>The module makes every IV that encrypts. So what is written is suite 01, or 02 where data keys are shared,
     * whatever the length; it can be no stream, and nothing for repeatable randomness. Suites 01, 02 and 04 are read,
     * streams of 04 included; suite 03 is {@code UNSUPPORTED}. Keys are derived by HKDF over the module's HMAC, data
     * keys wrapped by its AES-KWP. That the module is approved, and runs as it was approved, is for its operator to see
     * to. What it raises as an {@link Error}, as modules do that refuse or have failed, is not caught.
     *
     * <p>Bouncy Castle's FIPS module has the packages of the ordinary Bouncy Castle, so it takes that one's place on
     * the class path.
     *
     * @param module such as Bouncy Castle's FIPS provider in approved-only mode
     * @return the profile
     * @throws IllegalStateException if the module has neither of the two sources
     */
    public static CryptoProviders fips(Provider module) {
        return fips(module, source(module));
    }

    /**
     * The same with another source of the module's random bytes.
     *
     * @param module the module
     * @param random its source, which a module may insist on being its own
     * @return the profile
     */
    public static CryptoProviders fips(Provider module, SecureRandom random) {
        Builder builder = builder().aead(module).mac(module).keyWrap(module);
        return new CryptoProviders(builder, Objects.requireNonNull(random, "random"), true);
    }

    /**
     * Prepares a choice for each slot.
     *
     * @return a builder of the platform's choice
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String toString() {
        return "CryptoProviders[" + (fips ? "FIPS profile, " : "") + aead + ", " + mac + ", " + keyWrap
                + ", random bytes by " + random.getAlgorithm() + "]";
    }

    /** Whether the module makes every IV that encrypts. */
    boolean fips() {
        return fips;
    }

    /**
     * Passes if there is all that the suites in {@code written} take.
     *
     * @throws IllegalStateException naming what lacks what
     */
    void require(Set<Suite> written) {
        aead.cipher(GCM);
        byte[] any = new byte[DataKey.LENGTH];
        mac(Hkdf.SHA256, any);
        mac(Hkdf.SHA512, any);
        keyWrap();
        if (written.contains(Suite.AES_256_GCM_SIV) && aead.named()) {
            aead.cipher(GCM_SIV);
        }
    }

    /** An empty pool of AES-GCM. */
    CipherPool gcm() {
        return new CipherPool(aead, GCM);
    }

    /**
     * An empty pool of AES-GCM-SIV.
     *
     * @throws EnvelopeException {@code UNSUPPORTED} if there is none
     */
    CipherPool gcmSiv() {
        if (!fips && !aead.named()) {
            return GcmSiv.ciphers();
        }
        if (fips || !aead.offers(GCM_SIV)) {
            throw EnvelopeException.unsupported("envelope suite " + Suite.AES_256_GCM_SIV.id() + ": "
                    + (fips ? "a FIPS profile" : aead) + " has no AES-GCM-SIV");
        }
        return new CipherPool(aead, GCM_SIV);
    }

    /**
     * An empty pool of AES-KWP, of the name that the provider has for it.
     *
     * @throws IllegalStateException if there is none
     */
    CipherPool keyWrap() {
        for (String name : KEY_WRAP) {
            if (keyWrap.offers(name)) {
                return new CipherPool(keyWrap, name);
            }
        }
        throw keyWrap.lacks(KEY_WRAP[0], null);
    }

    /** The code that {@code hkdf} works with, under {@code key}, which the caller wipes. */
    Mac mac(Hkdf hkdf, byte[] key) {
        return mac.mac(hkdf.macAlgorithm(), key);
    }

    /** The source of random bytes; ciphers that make IVs are given it as well. */
    SecureRandom random() {
        return random;
    }

    /** A new array of {@code length} random bytes. */
    byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static SecureRandom source(Provider module) {
        String name = module.getService("SecureRandom", "DEFAULT") == null ? "DRBG" : "DEFAULT";
        try {
            return SecureRandom.getInstance(name, module);
        } catch (NoSuchAlgorithmException e) {
            throw new ProviderSlot("random bytes", module).lacks("both DEFAULT and DRBG; name its source", e);
        }
    }

    /** Collects what stands in the slots; an empty one is the platform's choice. Not thread-safe. */
    public static final class Builder {
        private @Nullable Provider aead;
        private @Nullable Provider mac;
        private @Nullable Provider keyWrap;
        private @Nullable SecureRandom random;

        private Builder() {}

        /**
         * Who encrypts, by {@code AES/GCM/NoPadding}, and by {@code AES/GCM-SIV/NoPadding} where suite 03 is to be
         * written or read. It makes the IVs, from the random bytes that it is given, and has to take IVs for chunks.
         *
         * @param value the provider
         * @return this
         */
        public Builder aead(Provider value) {
            aead = Objects.requireNonNull(value, "aead");
            return this;
        }

        /**
         * Who computes {@code HmacSHA256} and {@code HmacSHA512}, which all keys are derived with.
         *
         * @param value the provider
         * @return this
         */
        public Builder mac(Provider value) {
            mac = Objects.requireNonNull(value, "mac");
            return this;
        }

        /**
         * Who wraps data keys, by {@code AES/KWP/NoPadding} or {@code 2.16.840.1.101.3.4.1.48}, as bytes that are
         * encrypted: what a provider unwraps into a key object could not be wiped.
         *
         * @param value the provider
         * @return this
         */
        public Builder keyWrap(Provider value) {
            keyWrap = Objects.requireNonNull(value, "keyWrap");
            return this;
        }

        /**
         * Where data keys, salts and IVs come from.
         *
         * @param value a source that is safe for use by several threads
         * @return this
         */
        public Builder random(SecureRandom value) {
            random = Objects.requireNonNull(value, "random");
            return this;
        }

        /**
         * The choice. What a provider lacks is found when an encryptor is built.
         *
         * @return the providers
         */
        public CryptoProviders build() {
            return new CryptoProviders(this, random == null ? new SecureRandom() : random, false);
        }
    }
}
