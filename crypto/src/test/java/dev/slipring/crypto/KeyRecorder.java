package dev.slipring.crypto;

import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.List;

/** A provider of the platform's AES-GCM that remembers the key objects it was given. */
final class KeyRecorder {
    private static final String GCM = "AES/GCM/NoPadding";

    private final List<AesKey> keys = new ArrayList<>();

    /** This one for AEAD, the platform for the rest. */
    CryptoProviders slots() {
        return CryptoProviders.builder()
                .aead(new SpiProvider("KeyRecorder").with("Cipher", GCM, Recording::new))
                .build();
    }

    /** The keys so far, each once. */
    List<AesKey> seen() {
        return keys.stream().distinct().toList();
    }

    private final class Recording extends PlatformCipher {
        Recording() {
            super(GCM);
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
            keys.add((AesKey) key);
            super.engineInit(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            keys.add((AesKey) key);
            super.engineInit(mode, key, spec, random);
        }
    }
}
