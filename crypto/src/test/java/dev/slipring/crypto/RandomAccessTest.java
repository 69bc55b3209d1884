package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.testing.FakeSecret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RandomAccessTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();
    private final byte[] plaintext = Streams.random(3 * Streams.CHUNK + 100);
    private final byte[] envelope = Streams.encrypted(encryptor, plaintext);

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16383, 16384, 16385, 32768, 50000})
    void read_anyLength_isTheWholeAndThenTheEnd(int length) throws IOException {
        byte[] text = Streams.random(length);
        try (SeekableByteChannel channel = open(Streams.encrypted(encryptor, text))) {
            assertThat(channel.size()).isEqualTo(length);
            assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(text);
            assertThat(channel.position()).isEqualTo(length);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
        }
    }

    @Test
    void read_anyPositionAndLength_isThatPart() throws IOException {
        Random random = new Random(1);
        try (SeekableByteChannel channel = open(envelope)) {
            for (int i = 0; i < 500; i++) {
                int from = random.nextInt(plaintext.length + 100);
                ByteBuffer into = ByteBuffer.allocate(1 + random.nextInt(40_000));
                int there = Math.min(into.capacity(), plaintext.length - from);
                assertThat(channel.position(from).read(into)).isEqualTo(there > 0 ? there : -1);
                if (there > 0) {
                    assertThat(Arrays.equals(into.array(), 0, there, plaintext, from, from + there))
                            .isTrue();
                    assertThat(channel.position()).isEqualTo(from + there);
                }
            }
        }
    }

    @Test
    void read_oneByteSomewhere_readsTheHeadTheLastChunkAndOneMore() throws Exception {
        MemoryChannel source = new MemoryChannel(envelope);
        try (SeekableByteChannel channel = encryptor.streams().randomAccess(source, Keks.NOTE)) {
            assertThat(source.read).isEqualTo(Streams.START + 116);
            channel.position(Streams.CHUNK + 5).read(ByteBuffer.allocate(1));
            channel.position(Streams.CHUNK + 50).read(ByteBuffer.allocate(100));
            assertThat(source.read).isEqualTo(Streams.START + 116 + Streams.SEALED_CHUNK);
            assertThat(Streams.held(channel)).isLessThan(3L * Streams.CHUNK + envelope.length);
        }
        assertThat(source.closed).isEqualTo(1);
    }

    @Test
    void open_file_readsItsEnd(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("file"), envelope);
        try (SeekableByteChannel channel = encryptor.streams().randomAccess(Files.newByteChannel(file), Keks.NOTE)) {
            ByteBuffer into = ByteBuffer.allocate(100);
            channel.position(channel.size() - 100).read(into);
            assertThat(into.array()).isEqualTo(Arrays.copyOfRange(plaintext, plaintext.length - 100, plaintext.length));
        }
    }

    @Test
    void open_sourceElsewhere_beginsAtZero() throws IOException {
        MemoryChannel source = new MemoryChannel(envelope);
        source.position(77);
        try (SeekableByteChannel channel = encryptor.streams().randomAccess(source, Keks.NOTE)) {
            assertThat(channel.position()).isZero();
            assertThat(channel.size()).isEqualTo(plaintext.length);
        }
    }

    @Test
    void channel_writtenTo_refuses() throws IOException {
        try (SeekableByteChannel channel = open(envelope)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.truncate(1)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void close_twice_closesTheSourceOnceAndEndsReading() throws IOException {
        MemoryChannel source = new MemoryChannel(envelope);
        SeekableByteChannel channel = encryptor.streams().randomAccess(source, Keks.NOTE);
        assertThat(channel.isOpen()).isTrue();
        channel.close();
        channel.close();
        assertThat(source.closed).isEqualTo(1);
        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(channel::position).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.position(1)).isInstanceOf(ClosedChannelException.class);
    }

    // ---- what is refused

    @Test
    void open_everyTruncation_isMalformedInTheHeadAndTamperedAfter() {
        for (int length = 0; length < envelope.length; length += length < 400 || length > 49_000 ? 1 : 97) {
            byte[] cut = Arrays.copyOf(envelope, length);
            Failure expected = length < Streams.START ? Failure.MALFORMED : Failure.TAMPERED;
            Keks.assertFailure(expected, () -> open(cut));
        }
        for (int more : new int[] {1, 16, 100, Streams.CHUNK, Streams.SEALED_CHUNK}) {
            Keks.assertFailure(Failure.TAMPERED, () -> open(Arrays.copyOf(envelope, envelope.length + more)));
        }
    }

    @Test
    void open_anyBitOfTheHeadOrTheLastChunk_isRefused() {
        for (int bit = 0; bit < 8 * Streams.START; bit++) {
            byte[] changed = Keks.flipped(envelope, bit);
            assertThat(Streams.failureOf(() -> open(changed)))
                    .isEqualTo(Streams.failureOf(() -> Streams.decrypted(encryptor, changed)));
        }
        for (int bit = 8 * (envelope.length - 116); bit < 8 * envelope.length; bit++) {
            byte[] changed = Keks.flipped(envelope, bit);
            Keks.assertFailure(Failure.TAMPERED, () -> open(changed));
        }
    }

    @Test
    void open_anotherContext_isTampered() {
        Keks.assertFailure(
                Failure.TAMPERED, () -> encryptor.streams().randomAccess(new MemoryChannel(envelope), Context.none()));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CHUNKED_AES_256_GCM")
    void open_suiteWithoutChunks_isUnsupported(Suite suite) {
        Keks.assertFailure(Failure.UNSUPPORTED, () -> open(Keks.envelope(suite, Keks.kek(7), Keks.HELLO)));
    }

    @Test
    void open_sizeThatIsALie_isTampered() {
        for (long size : new long[] {-1, 0, 100, envelope.length - 1, envelope.length + 1, 1L << 50, Long.MAX_VALUE}) {
            MemoryChannel source = new MemoryChannel(envelope);
            source.size = size;
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.streams().randomAccess(source, Keks.NOTE));
        }
    }

    @Test
    void read_changedChunk_failsThereAndForEverAfter() throws IOException {
        for (int chunk = 0; chunk < 3; chunk++) {
            byte[] changed = Keks.flipped(envelope, 8 * (Streams.START + chunk * Streams.SEALED_CHUNK + 9));
            try (SeekableByteChannel channel = open(changed)) {
                ByteBuffer into = ByteBuffer.allocate(10);
                channel.position((chunk + 1) % 3 * Streams.CHUNK).read(into.clear());
                channel.position(chunk * Streams.CHUNK + 500);
                Streams.assertTampered(() -> channel.read(ByteBuffer.allocate(10)));
                channel.position((chunk + 1) % 3 * Streams.CHUNK);
                Streams.assertTampered(() -> channel.read(ByteBuffer.allocate(10)));
                Streams.assertTampered(() -> channel.read(ByteBuffer.allocate(0)));
            }
        }
    }

    @Test
    void read_swappedChunks_areTampered() throws IOException {
        byte[] changed = envelope.clone();
        System.arraycopy(envelope, Streams.START, changed, Streams.START + Streams.SEALED_CHUNK, Streams.SEALED_CHUNK);
        try (SeekableByteChannel channel = open(changed)) {
            channel.position(Streams.CHUNK);
            Streams.assertTampered(() -> channel.read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void read_sourceCutOrFailingMeanwhile_failsForEver() throws IOException {
        MemoryChannel source = new MemoryChannel(envelope);
        try (SeekableByteChannel channel = encryptor.streams().randomAccess(source, Keks.NOTE)) {
            source.end = Streams.START + Streams.SEALED_CHUNK + 100;
            assertThat(channel.read(ByteBuffer.allocate(Streams.CHUNK))).isEqualTo(Streams.CHUNK);
            Streams.assertTampered(() -> channel.read(ByteBuffer.allocate(1)));
        }
        MemoryChannel broken = new MemoryChannel(envelope);
        try (SeekableByteChannel channel = encryptor.streams().randomAccess(broken, Keks.NOTE)) {
            broken.failing = true;
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).hasMessage("a broken disk");
            broken.failing = false;
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).hasMessage("a broken disk");
        }
    }

    private SeekableByteChannel open(byte[] bytes) throws IOException {
        return encryptor.streams().randomAccess(new MemoryChannel(bytes), Keks.NOTE);
    }
}
