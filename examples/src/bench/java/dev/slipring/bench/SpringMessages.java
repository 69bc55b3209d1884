package dev.slipring.bench;

import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor;
import org.springframework.security.crypto.encrypt.AesBytesEncryptor.CipherAlgorithm;
import org.springframework.security.crypto.keygen.KeyGenerators;

/** Spring Security: AES-256-GCM under one key, without associated data. Safe for use by several threads. */
final class SpringMessages implements Messages {
    private final AesBytesEncryptor encryptor;

    SpringMessages(byte[] key) {
        encryptor = new AesBytesEncryptor(
                new SecretKeySpec(key, "AES"), KeyGenerators.secureRandom(16), CipherAlgorithm.GCM);
    }

    @Override
    public byte[] encrypt(byte[] plaintext) {
        return encryptor.encrypt(plaintext);
    }

    @Override
    public byte[] decrypt(byte[] message) {
        return encryptor.decrypt(message);
    }
}
