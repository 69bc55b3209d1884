package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.store.InMemoryDataKeyStore;
import dev.slipring.testing.FakeSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an encryptor writes, reads and refuses where the module makes every IV. */
@Tag("providers")
class FipsProfileTest {
    private static final int[] LENGTHS = {0, 1, 16 << 10, (16 << 10) + 1, 1 << 20};

    private final FakeSecret ring = Keks.ring(7);
    private final CryptoProviders profile = CryptoProviders.fips(Providers.module());
    private final EnvelopeEncryptor elsewhere =
            EnvelopeEncryptor.builder(ring.rotating()).build();

    @AfterEach
    void close() {
        elsewhere.close();
        ring.close();
    }

    @Test
    void encrypt_ofAnyLength_isSuite1AndOpensAnywhere() {
        assertWritten(builder -> builder, 1, 115);
    }

    @Test
    void encrypt_sharedDataKeysOfAnyLength_isSuite2AndOpensAnywhere() {
        assertWritten(EnvelopeEncryptor.Builder::sharedDataKeys, 2, 131);
    }

    @Test
    void encrypt_inReferenceMode_isSuite1AndOpens() {
        try (EnvelopeEncryptor encryptor = profiled(b -> b.reference(InMemoryDataKeyStore.create()))) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(envelope).hasSize(Keks.HELLO.length + 65);
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    @Test
    void encrypt_overTheLimit_isRefused() {
        try (EnvelopeEncryptor encryptor = profiled(b -> b)) {
            byte[] overlong = new byte[EnvelopeEncryptor.MAX_PLAINTEXT + 1];
            assertThatThrownBy(() -> encryptor.encrypt(overlong, Keks.NOTE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void encrypt_often_drawsANewIvEachTime() {
        try (EnvelopeEncryptor encryptor = profiled(b -> b)) {
            Set<ByteBuffer> ivs = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                ivs.add(ByteBuffer.wrap(encryptor.encrypt(Keks.HELLO, Keks.NOTE), 87, 12));
            }
            assertThat(ivs).hasSize(100);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void encryptingStream_isRefusedBeforeAByteIsWritten(boolean shared) {
        try (EnvelopeEncryptor encryptor = profiled(b -> shared ? b.sharedDataKeys() : b)) {
            ByteArrayOutputStream sink = new ByteArrayOutputStream();
            assertThatThrownBy(() -> encryptor.streams().encrypting(sink, Keks.NOTE))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("FIPS profile leaves every IV to the module");
            assertThat(sink.size()).isZero();
        }
    }

    @Test
    void chunks_ofAnotherWriter_openWholeAsStreamAndAtRandom() throws IOException {
        byte[] plaintext = Streams.random(50_000);
        byte[] envelope = elsewhere.encrypt(plaintext, Keks.NOTE);
        assertThat(EnvelopeHeader.read(envelope).suite()).isEqualTo(4);
        try (EnvelopeEncryptor encryptor = profiled(b -> b)) {
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(plaintext);
            assertThat(encryptor
                            .streams()
                            .decrypting(new ByteArrayInputStream(envelope), Keks.NOTE)
                            .readAllBytes())
                    .isEqualTo(plaintext);
            try (SeekableByteChannel channel =
                    encryptor.streams().randomAccess(new MemoryChannel(envelope), Keks.NOTE)) {
                ByteBuffer last = ByteBuffer.allocate(10);
                assertThat(channel.position(49_990).read(last)).isEqualTo(10);
                assertThat(last.array()).isEqualTo(Arrays.copyOfRange(plaintext, 49_990, 50_000));
            }
        }
    }

    @Test
    void rewrap_ofWhatAnotherWriterMade_goesUnderThePrimaryVersion() {
        byte[] envelope = elsewhere.encrypt(Keks.HELLO, Keks.NOTE);
        try (EnvelopeEncryptor encryptor = profiled(b -> b)) {
            ring.rotate(Keks.value(8));
            Rewrapped rewrapped = encryptor.rewrap(envelope);
            assertThat(rewrapped.changed()).isTrue();
            assertThat(encryptor.decrypt(rewrapped.bytes(), Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(elsewhere.decrypt(rewrapped.bytes(), Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    @Test
    void suite3_toBeRead_isUnsupported() {
        byte[] envelope = elsewhere.encrypt(Keks.HELLO, Keks.NOTE);
        envelope[3] = Suite.AES_256_GCM_SIV.id();
        try (EnvelopeEncryptor encryptor = profiled(b -> b)) {
            Keks.assertFailure(Failure.UNSUPPORTED, () -> encryptor.decrypt(envelope, Keks.NOTE));
        }
    }

    @Test
    void repeatableRandomness_togetherWithTheProfile_isRefusedAtBuild() {
        assertThatThrownBy(() -> profiled(EnvelopeEncryptor.Builder::repeatableRandomness))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("repeatable randomness takes AES-256-GCM-SIV, which no FIPS profile has");
    }

    @Test
    void text_ofTheProfile_namesItsProviders() {
        assertThat(profile.toString())
                .startsWith("CryptoProviders[FIPS profile, AEAD by ")
                .contains(Providers.module().getName());
    }

    private void assertWritten(UnaryOperator<EnvelopeEncryptor.Builder> purpose, int suite, int overhead) {
        try (EnvelopeEncryptor encryptor = profiled(purpose)) {
            for (int length : LENGTHS) {
                byte[] plaintext = Streams.random(length);
                byte[] envelope = encryptor.encrypt(plaintext, Keks.NOTE);
                assertThat(EnvelopeHeader.read(envelope)).isEqualTo(new EnvelopeHeader(suite, 7, 1));
                assertThat(envelope).hasSize(length + overhead);
                assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(plaintext);
                assertThat(elsewhere.decrypt(envelope, Keks.NOTE)).isEqualTo(plaintext);
            }
        }
    }

    private EnvelopeEncryptor profiled(UnaryOperator<EnvelopeEncryptor.Builder> purpose) {
        return purpose.apply(EnvelopeEncryptor.builder(ring.rotating()).providers(profile))
                .build();
    }
}
