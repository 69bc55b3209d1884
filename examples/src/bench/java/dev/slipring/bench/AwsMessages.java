package dev.slipring.bench;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.caching.CachingCryptoMaterialsManager;
import com.amazonaws.encryptionsdk.caching.LocalCryptoMaterialsCache;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;

/**
 * The AWS Encryption SDK with a local wrapping key and its cache of data keys, bounded as widely as it lets. The suite
 * commits to the key and does not sign, as ours. Safe for use by several threads.
 */
final class AwsMessages implements Messages {
    private final AwsCrypto crypto = AwsCrypto.builder()
            .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
            .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
            .build();
    private final CachingCryptoMaterialsManager materials;

    AwsMessages(byte[] key) {
        materials = CachingCryptoMaterialsManager.newBuilder()
                .withMasterKeyProvider(
                        JceMasterKey.getInstance(new SecretKeySpec(key, "AES"), "bench", "key-1", "AES/GCM/NoPadding"))
                .withCache(new LocalCryptoMaterialsCache(1024))
                .withMaxAge(1, TimeUnit.DAYS)
                .withMessageUseLimit(1L << 32)
                .withByteUseLimit(Long.MAX_VALUE)
                .build();
    }

    @Override
    public byte[] encrypt(byte[] plaintext) {
        return crypto.encryptData(materials, plaintext, LocalRing.PAIRS).getResult();
    }

    @Override
    public byte[] decrypt(byte[] message) {
        return crypto.decryptData(materials, message).getResult();
    }

    OutputStream encrypting(OutputStream sink) {
        return crypto.createEncryptingStream(materials, sink, LocalRing.PAIRS);
    }

    InputStream decrypting(InputStream source) {
        return crypto.createDecryptingStream(materials, source);
    }
}
