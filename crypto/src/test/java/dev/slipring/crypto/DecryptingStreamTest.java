package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecryptingStreamTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();
    private final byte[] plaintext = Streams.random(2 * Streams.CHUNK + 100);
    private final byte[] envelope = Streams.encrypted(encryptor, plaintext);

    /** Counts what is read and whether it is closed; fails from a position on. */
    private static final class Source extends FilterInputStream {
        private int read;
        private int closed;
        private int failsFrom = Integer.MAX_VALUE;

        Source(byte[] bytes) {
            super(new ByteArrayInputStream(bytes));
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (read >= failsFrom) {
                throw new IOException("a broken pipe");
            }
            int got = super.read(into, offset, Math.min(length, Math.min(1000, failsFrom - read)));
            read += Math.max(got, 0);
            return got;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16383, 16384, 16385, 32768, 40000})
    void read_envelopeMadeInMemory_opens(int length) throws IOException {
        byte[] made = Keks.envelope(Suite.CHUNKED_AES_256_GCM, Keks.kek(7), Streams.random(length));
        assertThat(Arrays.equals(Streams.decrypted(encryptor, made), Streams.random(length)))
                .isTrue();
    }

    @Test
    void read_everyLengthAroundTheBorders_isWhatWasWritten() throws IOException {
        for (int border = 0; border <= 2 * Streams.CHUNK; border += Streams.CHUNK) {
            for (int length = Math.max(0, border - 20); length <= border + 20; length++) {
                byte[] text = Streams.random(length);
                byte[] streamed = Streams.encrypted(encryptor, text);
                assertThat(Arrays.equals(Streams.decrypted(encryptor, streamed), text))
                        .as("length %d", length)
                        .isTrue();
                assertThat(Arrays.equals(encryptor.decrypt(streamed, Keks.NOTE), text))
                        .isTrue();
            }
        }
    }

    @Test
    void read_moreThanFitsInMemory_opensAsAStreamOnly(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("large");
        byte[] piece = Streams.random(1 << 20);
        try (OutputStream stream = encryptor.streams().encrypting(Files.newOutputStream(file), Keks.NOTE)) {
            for (int i = 0; i < 65; i++) {
                stream.write(piece);
            }
        }
        try (InputStream stream = encryptor.streams().decrypting(Files.newInputStream(file), Keks.NOTE)) {
            for (int i = 0; i < 65; i++) {
                assertThat(Arrays.equals(stream.readNBytes(piece.length), piece))
                        .isTrue();
            }
            assertThat(stream.read()).isEqualTo(-1);
        }
        byte[] whole = Files.readAllBytes(file);
        Keks.assertFailure(Failure.MALFORMED, () -> encryptor.decrypt(whole, Keks.NOTE));
    }

    @Test
    void read_byteByByte_readsOneChunkAheadAtMostAndHoldsTwo() throws Exception {
        Source source = new Source(envelope);
        try (InputStream stream = encryptor.streams().decrypting(source, Keks.NOTE)) {
            assertThat(source.read).isEqualTo(Streams.START);
            for (int i = 0; i < plaintext.length; i++) {
                assertThat(stream.read()).isEqualTo(plaintext[i] & 0xFF);
                int chunks = i / Streams.CHUNK + 1;
                assertThat(source.read)
                        .isEqualTo(Math.min(Streams.START + chunks * Streams.SEALED_CHUNK, envelope.length));
            }
            assertThat(Streams.held(stream)).isBetween(32_000L, 3L * Streams.CHUNK);
            for (int i = 0; i < 3; i++) {
                assertThat(stream.read()).isEqualTo(-1);
                assertThat(stream.read(new byte[10])).isEqualTo(-1);
            }
        }
    }

    @Test
    void available_andSkip_countVerifiedBytes() throws IOException {
        try (InputStream stream = encryptor.streams().decrypting(new Source(envelope), Keks.NOTE)) {
            assertThat(stream.available()).isZero();
            assertThat(stream.read(new byte[0])).isZero();
            assertThat(stream.read()).isEqualTo(plaintext[0] & 0xFF);
            assertThat(stream.available()).isEqualTo(Streams.CHUNK - 1);
            stream.skipNBytes(Streams.CHUNK);
            assertThat(stream.read()).isEqualTo(plaintext[Streams.CHUNK + 1] & 0xFF);
        }
    }

    @Test
    void close_early_closesTheSourceOnceAndEndsReading() throws IOException {
        Source source = new Source(envelope);
        InputStream stream = encryptor.streams().decrypting(source, Keks.NOTE);
        assertThat(stream.read(new byte[100])).isEqualTo(100);
        stream.close();
        stream.close();
        assertThat(source.closed).isEqualTo(1);
        assertThat(stream.available()).isZero();
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream.read(new byte[1])).isInstanceOf(IOException.class);
    }

    @Test
    void read_sourceFails_everyLaterReadDoes() throws IOException {
        Source source = new Source(envelope);
        source.failsFrom = Streams.START + Streams.SEALED_CHUNK + 500;
        InputStream stream = encryptor.streams().decrypting(source, Keks.NOTE);
        assertThat(stream.readNBytes(Streams.CHUNK)).isEqualTo(Arrays.copyOf(plaintext, Streams.CHUNK));
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessage("a broken pipe");
        source.failsFrom = Integer.MAX_VALUE;
        assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessage("a broken pipe");
        assertThatThrownBy(() -> stream.read(new byte[9])).isInstanceOf(IOException.class);
        source.failsFrom = 10;
        assertThatThrownBy(() -> encryptor.streams().decrypting(source, Keks.NOTE))
                .isInstanceOf(IOException.class);
    }

    @Test
    void read_afterTheVersionIsRevoked_goesOnAndNoStreamBegins() throws IOException {
        InputStream stream = encryptor.streams().decrypting(new Source(envelope), Keks.NOTE);
        ring.rotate(Keks.value(2));
        ring.move(1, VersionState.REVOKED);
        ring.refresh();
        assertThat(Arrays.equals(stream.readAllBytes(), plaintext)).isTrue();
        Keks.assertFailure(Failure.DISABLED, () -> encryptor.streams().decrypting(new Source(envelope), Keks.NOTE));
        encryptor.close();
        assertThatThrownBy(() -> encryptor.streams().decrypting(new Source(envelope), Keks.NOTE))
                .isInstanceOf(IllegalStateException.class);
    }

    // ---- what is refused at the opening

    @Test
    void open_everyBitOfTheHead_failsAsDecryptingDoes() throws IOException {
        for (int bit = 0; bit < 8 * Streams.START; bit++) {
            byte[] changed = Keks.flipped(envelope, bit);
            assertThat(Streams.failureOf(() -> encryptor.streams().decrypting(new Source(changed), Keks.NOTE)))
                    .as("bit %d", bit)
                    .isEqualTo(expected(changed, bit / 8));
        }
    }

    /** As for every envelope, but that other suites are no streams and that n is no bound on what follows. */
    private static Failure expected(byte[] changed, int offset) {
        return switch (offset) {
            case 0, 1 -> Failure.MALFORMED;
            case 2, 3, 4 -> Failure.UNSUPPORTED;
            case 5, 6, 7, 8 -> Failure.WRONG_RING;
            case 9, 10, 11, 12 -> changed[12] == 0 ? Failure.MALFORMED : Failure.UNKNOWN_VERSION;
            case 13, 14 -> Failure.MALFORMED;
            default -> Failure.TAMPERED;
        };
    }

    @Test
    void open_everyTruncationOfTheHead_isMalformed() {
        for (int length = 0; length < Streams.START; length++) {
            byte[] cut = Arrays.copyOf(envelope, length);
            Keks.assertFailure(Failure.MALFORMED, () -> encryptor.streams().decrypting(new Source(cut), Keks.NOTE));
        }
    }

    @Test
    void open_anotherContext_isTampered() {
        Keks.assertFailure(
                Failure.TAMPERED, () -> encryptor.streams().decrypting(new Source(envelope), Context.none()));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CHUNKED_AES_256_GCM")
    void open_suiteWithoutChunks_isUnsupportedBeforeItIsRead(Suite suite) {
        Source source = new Source(Keks.envelope(suite, Keks.kek(7), new byte[100_000]));
        Keks.assertFailure(Failure.UNSUPPORTED, () -> encryptor.streams().decrypting(source, Keks.NOTE));
        assertThat(source.read).isEqualTo(15);
    }

    @Test
    void open_longestWrappedKeyClaimed_readsNoMoreThanThat() {
        byte[] claims = Arrays.copyOf(envelope, 100_000);
        claims[13] = 0x10;
        claims[14] = 0; // n = 4096
        Source source = new Source(claims);
        Keks.assertFailure(Failure.MALFORMED, () -> encryptor.streams().decrypting(source, Keks.NOTE));
        assertThat(source.read).isEqualTo(15 + 4096 + 32 + 56);
        claims[14] = 1;
        Source longer = new Source(claims);
        Keks.assertFailure(Failure.MALFORMED, () -> encryptor.streams().decrypting(longer, Keks.NOTE));
        assertThat(longer.read).isEqualTo(15);
    }

    // ---- what is refused on the way

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "01", "02", "12", "1", "2", "102", "0112", "0012", "0122", "210", "0120"})
    void read_chunksInAnyOtherOrder_showsGoodOnesAndThenFailsForEver(String order) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(envelope, 0, Streams.START);
        for (char chunk : order.toCharArray()) {
            int from = Streams.START + (chunk - '0') * Streams.SEALED_CHUNK;
            out.write(envelope, from, Math.min(Streams.SEALED_CHUNK, envelope.length - from));
        }
        int good = 0;
        while (good < 2 && good < order.length() && order.charAt(good) == '0' + good) {
            good++;
        }
        assertShowsThenFails(out.toByteArray(), good * Streams.CHUNK);
    }

    @Test
    void read_everyTruncationAroundTheBorders_failsForEver() throws IOException {
        for (int border : new int[] {0, 16, Streams.SEALED_CHUNK, 2 * Streams.SEALED_CHUNK, envelope.length}) {
            for (int length = border - 18; length <= border + 18; length++) {
                int end = Math.min(Streams.START + length, envelope.length + 10);
                if (end >= Streams.START && end != envelope.length) {
                    int good = Math.min((end - Streams.START) / Streams.SEALED_CHUNK, 2);
                    assertShowsThenFails(Arrays.copyOf(envelope, end), good * Streams.CHUNK);
                }
            }
        }
    }

    @Test
    void read_bitFlipInAnyChunk_failsFromThatChunkOn() throws IOException {
        for (int chunk = 0; chunk < 3; chunk++) {
            for (int offset : new int[] {0, 50, 99, 100, 115}) {
                int bit = 8 * (Streams.START + chunk * Streams.SEALED_CHUNK + offset) + 5;
                assertShowsThenFails(Keks.flipped(envelope, bit), chunk * Streams.CHUNK);
            }
        }
    }

    private void assertShowsThenFails(byte[] changed, int good) throws IOException {
        try (InputStream stream = encryptor.streams().decrypting(new Source(changed), Keks.NOTE)) {
            assertThat(Arrays.equals(stream.readNBytes(good), Arrays.copyOf(plaintext, good)))
                    .isTrue();
            byte[] into = new byte[10];
            for (int i = 0; i < 3; i++) {
                Streams.assertTampered(() -> stream.read());
                Streams.assertTampered(() -> stream.read(into));
                Streams.assertTampered(stream::readAllBytes);
            }
            assertThat(into).containsOnly(0);
            assertThat(stream.available()).isZero();
        }
    }
}
