package dev.slipring.bench;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;

/** Tink: AES-256-GCM under a keyset of one key, or envelopes with a data key for each message. */
final class TinkMessages implements Messages {
    private final Aead aead;
    private final byte[] aad;

    private TinkMessages(Aead aead, byte[] aad) {
        this.aead = aead;
        this.aad = aad;
    }

    /** Messages under one key. */
    static TinkMessages direct(byte[] aad) throws GeneralSecurityException {
        return new TinkMessages(aead(), aad);
    }

    /** Messages with a data key each, wrapped by another key of this process in the place of a service. */
    static TinkMessages envelopes(byte[] aad) throws GeneralSecurityException {
        return new TinkMessages(KmsEnvelopeAead.create(PredefinedAeadParameters.AES256_GCM, aead()), aad);
    }

    private static Aead aead() throws GeneralSecurityException {
        AeadConfig.register();
        return KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM)
                .getPrimitive(RegistryConfiguration.get(), Aead.class);
    }

    @Override
    public byte[] encrypt(byte[] plaintext) throws GeneralSecurityException {
        return aead.encrypt(plaintext, aad);
    }

    @Override
    public byte[] decrypt(byte[] message) throws GeneralSecurityException {
        return aead.decrypt(message, aad);
    }
}
