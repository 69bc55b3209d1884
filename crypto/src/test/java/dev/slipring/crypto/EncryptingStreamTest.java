package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.testing.FakeSecret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptingStreamTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring.rotating())
            .dataKeyBudget(new DataKeyBudget(1, 1, Duration.ofNanos(1))) // which binds no stream
            .build();
    private final Sink sink = new Sink();

    /** A sink that fails when told, and says what became of it. */
    private static final class Sink extends ByteArrayOutputStream {
        private boolean failing;
        private int flushed;
        private int closed;

        @Override
        public void write(byte[] from, int offset, int length) {
            if (failing) {
                super.write(from, offset, length / 2);
                throw new SinkFailure();
            }
            super.write(from, offset, length);
        }

        @Override
        public void flush() {
            flushed++;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    /** Not even an exception that streams usually have. */
    private static final class SinkFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16383, 16384, 16385, 32767, 32768, 32769, 1_000_000})
    void write_anyLength_makesTheEnvelopeOfThatLength(int length) {
        byte[] plaintext = Streams.random(length);
        byte[] envelope = Streams.encrypted(encryptor, plaintext);
        assertThat(EnvelopeHeader.read(envelope)).isEqualTo(new EnvelopeHeader(4, 7, 1));
        assertThat(envelope).hasSize(length + 143 + 16 * (length / 16384 + 1));
        assertThat(Arrays.equals(encryptor.decrypt(envelope, Keks.NOTE), plaintext))
                .isTrue();
    }

    @Test
    void write_byByteAndByArray_isOneSequence() throws IOException {
        byte[] plaintext = Streams.random(40_000);
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            for (int i = 0; i < 17_000; i++) {
                stream.write(plaintext[i]);
            }
            stream.write(plaintext, 17_000, 0);
            stream.write(plaintext, 17_000, 23_000);
        }
        assertThat(Arrays.equals(encryptor.decrypt(sink.toByteArray(), Keks.NOTE), plaintext))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 1000, 1023, 1024, 1025, 8191, 8192, 16383, 16384, 16385, 50_000})
    void write_inPieces_isOneSequence(int piece) throws IOException {
        byte[] plaintext = Streams.random(100_000);
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            for (int at = 0; at < plaintext.length; ) {
                stream.write(plaintext[at++]); // so that pieces meet what is collected
                int length = Math.min(piece, plaintext.length - at);
                stream.write(plaintext, at, length);
                at += length;
                assertThat(sink.size()).isEqualTo(Streams.START + at / Streams.CHUNK * Streams.SEALED_CHUNK);
            }
        }
        assertThat(Arrays.equals(encryptor.decrypt(sink.toByteArray(), Keks.NOTE), plaintext))
                .isTrue();
    }

    @Test
    void write_everyChunk_isPassedOnAsSoonAsItIsFull() throws Exception {
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            assertThat(sink.size()).isEqualTo(Streams.START);
            byte[] piece = new byte[1000];
            for (int written = 1000; written < 200_000; written += 1000) {
                stream.write(piece);
                assertThat(sink.size()).isEqualTo(Streams.START + written / Streams.CHUNK * Streams.SEALED_CHUNK);
            }
            stream.write(new byte[1 << 20]);
            assertThat(Streams.held(stream)).isBetween(32_000L, 3L * Streams.CHUNK);
        }
    }

    @Test
    void flush_partOfAChunk_staysAndTheSinkIsFlushed() throws IOException {
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            stream.write(new byte[100]);
            stream.flush();
            assertThat(sink.flushed).isEqualTo(1);
            assertThat(sink.size()).isEqualTo(Streams.START);
        }
    }

    @Test
    void close_twice_changesNothing() throws IOException {
        OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE);
        stream.write(Keks.HELLO);
        stream.close();
        byte[] envelope = sink.toByteArray();
        stream.close();
        assertThat(sink.toByteArray()).isEqualTo(envelope);
        assertThat(sink.closed).isEqualTo(1);
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThatThrownBy(() -> stream.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.write(Keks.HELLO)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16383, 16384, 32768, 40000})
    void close_leftOut_leavesAnEnvelopeThatDoesNotOpen(int length) throws IOException {
        OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE);
        stream.write(new byte[length]);
        stream.flush();
        byte[] cut = sink.toByteArray();
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(cut, Keks.NOTE));
        Streams.assertTampered(() -> Streams.decrypted(encryptor, cut));
    }

    @Test
    void write_sinkFails_nothingFollowsAndNothingOpens() throws IOException {
        OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE);
        sink.failing = true;
        assertThatThrownBy(() -> stream.write(new byte[20_000])).isInstanceOf(SinkFailure.class);
        sink.failing = false;
        int left = sink.size();
        assertThatThrownBy(() -> stream.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.write(new byte[20_000])).isInstanceOf(IOException.class);
        stream.close();
        assertThat(sink.size()).isEqualTo(left);
        assertThat(sink.closed).isEqualTo(1);
        Streams.assertTampered(() -> Streams.decrypted(encryptor, sink.toByteArray()));
    }

    @Test
    void close_sinkFails_closesTheSinkAndNothingOpens() throws IOException {
        OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE);
        stream.write(Keks.HELLO);
        sink.failing = true;
        assertThatThrownBy(stream::close).isInstanceOf(SinkFailure.class);
        stream.close();
        assertThat(sink.closed).isEqualTo(1);
        Streams.assertTampered(() -> Streams.decrypted(encryptor, sink.toByteArray()));
    }

    @Test
    void open_sinkFails_givesNoStream() {
        sink.failing = true;
        assertThatThrownBy(() -> encryptor.streams().encrypting(sink, Keks.NOTE))
                .isInstanceOf(SinkFailure.class);
    }

    @Test
    void streams_eachHaveADataKeyOfTheirOwn_underThePrimaryAtTheirOpening() throws IOException {
        OutputStream first = encryptor.streams().encrypting(sink, Keks.NOTE);
        ring.rotate(Keks.value(2));
        byte[] second = Streams.encrypted(encryptor, Keks.HELLO);
        first.write(Keks.HELLO);
        first.close();
        byte[] envelope = sink.toByteArray();
        assertThat(EnvelopeHeader.read(envelope).kekVersion()).isEqualTo(1);
        assertThat(EnvelopeHeader.read(second).kekVersion()).isEqualTo(2);
        assertThat(Keks.commitment(second)).isNotEqualTo(Keks.commitment(envelope));
        assertThat(Keks.commitment(second)).isNotEqualTo(Keks.commitment(Streams.encrypted(encryptor, Keks.HELLO)));
    }

    @Test
    void close_ofTheEncryptor_letsOpenStreamsEndAndNoneBegin() throws IOException {
        EnvelopeEncryptor other = EnvelopeEncryptor.builder(ring.rotating()).build();
        OutputStream stream = other.streams().encrypting(sink, Keks.NOTE);
        other.close();
        stream.write(new byte[20_000]);
        stream.close();
        assertThat(encryptor.decrypt(sink.toByteArray(), Keks.NOTE)).isEqualTo(new byte[20_000]);
        assertThatThrownBy(() -> other.streams().encrypting(sink, Keks.NOTE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void open_andClose_areUsesOfTheVersion() throws IOException {
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            ring.refresh();
            assertThat(ring.report().lastUse().keySet()).containsExactly(1);
            ring.rotate(Keks.value(2));
            Streams.encrypted(encryptor, Keks.HELLO);
            ring.refresh();
            assertThat(ring.report().lastUse().keySet()).containsExactly(1, 2);
            stream.write(1);
        }
    }

    @Test
    void open_staleViewOfASecretThatStops_isRefused() {
        try (FakeSecret stopping = FakeSecret.createStopping("kek", Keks.clock(), Keks.value(1));
                EnvelopeEncryptor stopped =
                        EnvelopeEncryptor.builder(stopping.rotating()).build()) {
            stopping.outage(true);
            stopping.scheduler().advance(Duration.ofDays(30));
            assertThatExceptionOfType(StaleKeyringException.class)
                    .isThrownBy(() -> stopped.streams().encrypting(sink, Keks.NOTE));
            assertThat(sink.size()).isZero();
        }
    }

    @Test
    void open_randomnessThatRepeats_isRefusedAndReadingGoesOn() throws IOException {
        try (EnvelopeEncryptor careful = EnvelopeEncryptor.builder(ring.rotating())
                .repeatableRandomness()
                .build()) {
            assertThatThrownBy(() -> careful.streams().encrypting(sink, Keks.NOTE))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(sink.size()).isZero();
            assertThat(Streams.decrypted(careful, Streams.encrypted(encryptor, Keks.HELLO)))
                    .isEqualTo(Keks.HELLO);
        }
    }
}
