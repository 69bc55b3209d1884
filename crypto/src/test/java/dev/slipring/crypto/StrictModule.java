package dev.slipring.crypto;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;

/**
 * A provider that is stricter than any module: it makes the IV of everything it encrypts, from its own random bytes
 * alone, and takes none from a caller. It has what an encryptor takes, and nothing else.
 */
final class StrictModule extends SpiProvider {
    private static final long serialVersionUID = 1L;
    private static final String GCM = "AES/GCM/NoPadding";

    StrictModule() {
        super("StrictModule");
        with("Cipher", GCM, OwnIvs::new);
        with("Cipher", "2.16.840.1.101.3.4.1.48", () -> new PlatformCipher("AES/KWP/NoPadding"));
        with("Mac", "HmacSHA256", () -> new PlatformMac("HmacSHA256"));
        with("Mac", "HmacSHA512", () -> new PlatformMac("HmacSHA512"));
        with("SecureRandom", "DRBG", Source::new);
    }

    private final class OwnIvs extends PlatformCipher {
        OwnIvs() {
            super(GCM);
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
            if (random.getProvider() != StrictModule.this) {
                throw new InvalidKeyException("IVs are made from the module's own random bytes");
            }
            super.engineInit(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            if (mode == Cipher.ENCRYPT_MODE) {
                throw new InvalidAlgorithmParameterException("the module makes every IV");
            }
            super.engineInit(mode, key, spec, random);
        }
    }

    private static final class Source extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;

        private final SecureRandom source = new SecureRandom();

        @Override
        protected void engineSetSeed(byte[] seed) {
            source.setSeed(seed);
        }

        @Override
        protected void engineNextBytes(byte[] bytes) {
            source.nextBytes(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int length) {
            return source.generateSeed(length);
        }
    }
}
