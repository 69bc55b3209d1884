package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.nio.ByteBuffer;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.ShortBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Providers refuse in many ways; what comes of it is the same. */
class ProviderFailureTest {
    private static final String GCM = "AES/GCM/NoPadding";
    private static final String KWP = "AES/KWP/NoPadding";

    /** What is thrown for bytes that do not verify. */
    enum Refusal {
        BAD_TAG(new AEADBadTagException()),
        BAD_PADDING(new BadPaddingException()),
        BAD_LENGTH(new IllegalBlockSizeException()),
        PROVIDER(new ProviderException()),
        STATE(new IllegalStateException()),
        ARGUMENT(new IllegalArgumentException());

        private final transient Exception thrown;

        Refusal(Exception thrown) {
            this.thrown = thrown;
        }

        private void raise() throws IllegalBlockSizeException, BadPaddingException {
            if (thrown instanceof BadPaddingException e) {
                throw e;
            }
            if (thrown instanceof IllegalBlockSizeException e) {
                throw e;
            }
            throw (RuntimeException) thrown;
        }
    }

    /** Refuses every byte, as {@code refusal} says. */
    private static CryptoProviders refusing(String transformation, Refusal refusal) {
        SpiProvider provider = new SpiProvider("Refusing")
                .with("Cipher", transformation, () -> new PlatformCipher(transformation) {
                    @Override
                    protected byte[] engineDoFinal(byte[] in, int offset, int length)
                            throws IllegalBlockSizeException, BadPaddingException {
                        refusal.raise();
                        return in;
                    }

                    @Override
                    protected int engineDoFinal(byte[] in, int offset, int length, byte[] out, int to)
                            throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
                        refusal.raise();
                        return 0;
                    }
                });
        return slots(transformation, provider);
    }

    /** Does not get as far as a byte. */
    private static CryptoProviders failing(String transformation) {
        SpiProvider provider = new SpiProvider("Failing")
                .with("Cipher", transformation, () -> new PlatformCipher(transformation) {
                    @Override
                    protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
                        try {
                            key.getEncoded();
                        } catch (IllegalStateException e) {
                            throw new InvalidKeyException(e);
                        }
                        throw new ProviderException("the token is gone");
                    }

                    @Override
                    protected void engineInit(int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random)
                            throws InvalidKeyException, InvalidAlgorithmParameterException {
                        engineInit(mode, key, random);
                    }
                });
        return slots(transformation, provider);
    }

    private static CryptoProviders slots(String transformation, SpiProvider provider) {
        CryptoProviders.Builder builder = CryptoProviders.builder();
        return (transformation.equals(GCM) ? builder.aead(provider) : builder.keyWrap(provider)).build();
    }

    @ParameterizedTest
    @EnumSource
    void foreignBytes_refusedInAnyWay_areTampered(Refusal refusal) {
        CryptoProviders aead = refusing(GCM, refusal);
        for (Suite suite : new Suite[] {Suite.AES_256_GCM, Suite.SALTED_AES_256_GCM, Suite.CHUNKED_AES_256_GCM}) {
            Envelope envelope = Envelope.parse(Keks.envelope(suite, Keks.kek(7), Keks.HELLO));
            DataKey key = DataKey.derive(suite, Keks.value(99), aead);
            Keks.assertFailure(Failure.TAMPERED, () -> key.open(envelope, Keks.NOTE));
        }
        Kek kek = Keks.kek(7, Keks.value(7), refusing(KWP, refusal));
        Keks.assertFailure(Failure.TAMPERED, () -> kek.unwrap(new byte[40]));
    }

    @ParameterizedTest
    @EnumSource
    void ownBytes_refusedInAnyWay_areTheProvidersFault(Refusal refusal) {
        CryptoProviders aead = refusing(GCM, refusal);
        for (Suite suite : new Suite[] {Suite.AES_256_GCM, Suite.SALTED_AES_256_GCM, Suite.CHUNKED_AES_256_GCM}) {
            DataKey key = DataKey.derive(suite, Keks.value(99), aead);
            assertThatThrownBy(() -> key.seal(new byte[0], Keks.HELLO, Keks.NOTE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the provider failed to encrypt")
                    .hasCause(refusal.thrown);
        }
        Kek kek = Keks.kek(7, Keks.value(7), refusing(KWP, refusal));
        assertThatThrownBy(() -> kek.wrap(Keks.value(1))).hasMessage("the provider failed to encrypt");
    }

    @Test
    void cipher_thatCannotBeReadied_isTheProvidersFaultAndNotTampering() {
        Envelope envelope = Envelope.parse(Keks.envelope(Suite.AES_256_GCM, Keks.kek(7), Keks.HELLO));
        DataKey key = DataKey.derive(Suite.AES_256_GCM, Keks.value(99), failing(GCM));
        assertThatThrownBy(() -> key.open(envelope, Keks.NOTE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the provider failed to decrypt");
        Kek kek = Keks.kek(7, Keks.value(7), failing(KWP));
        assertThatThrownBy(() -> kek.unwrap(new byte[40])).hasMessage("the provider failed to decrypt");
        ChunkedMessage message = message(failing(GCM));
        assertThatThrownBy(() -> message.open(0, ByteBuffer.allocate(40), ByteBuffer.allocate(40)))
                .hasMessage("the provider failed to decrypt");
    }

    @Test
    void wipedKey_hiddenInWhatTheProviderThrows_isSeenAsWiped() {
        Envelope envelope = Envelope.parse(Keks.envelope(Suite.AES_256_GCM, Keks.kek(7), Keks.HELLO));
        DataKey key = DataKey.derive(Suite.AES_256_GCM, Keks.value(99), failing(GCM));
        key.wipe();
        assertThatThrownBy(() -> key.open(envelope, Keks.NOTE)).isInstanceOf(AesKey.Wiped.class);
        assertThatThrownBy(() -> key.seal(new byte[0], Keks.HELLO, Keks.NOTE)).isInstanceOf(AesKey.Wiped.class);
        Kek kek = Keks.kek(7, Keks.value(7), failing(KWP));
        kek.wipe();
        assertThat(kek.wiped()).isTrue();
        assertThatThrownBy(() -> kek.unwrap(new byte[40])).isInstanceOf(AesKey.Wiped.class);
        assertThatThrownBy(() -> kek.wrap(Keks.value(1))).isInstanceOf(AesKey.Wiped.class);
        ChunkedMessage message = message(failing(GCM));
        message.wipe();
        assertThatThrownBy(() -> message.open(0, ByteBuffer.allocate(40), ByteBuffer.allocate(40)))
                .isInstanceOf(AesKey.Wiped.class);
    }

    private static ChunkedMessage message(CryptoProviders slots) {
        HkdfExpander key = new HkdfExpander(new AesKey(Keks.value(1)), slots);
        return ChunkedMessage.derive(key, new byte[24], new byte[0], slots.gcm().take());
    }
}
