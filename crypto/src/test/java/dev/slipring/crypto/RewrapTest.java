package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RewrapTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();
    private final byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void rewrap_afterTwoRotations_movesTheWrappingAndNothingElse() {
        ring.rotate(Keks.value(2));
        ring.rotate(Keks.value(3));
        Rewrapped moved = encryptor.rewrap(envelope);
        assertThat(moved.changed()).isTrue();
        assertThat(encryptor.checkedHeader(moved.bytes())).isEqualTo(new EnvelopeHeader(1, 7, 3));
        assertThat(Keks.payload(moved.bytes())).isEqualTo(Keks.payload(envelope));
        ring.move(1, VersionState.DESTROYED);
        ring.move(2, VersionState.DESTROYED);
        ring.refresh();
        assertThat(encryptor.decrypt(moved.bytes(), Keks.NOTE)).isEqualTo(Keks.HELLO);
        Keks.assertFailure(Failure.DESTROYED, () -> encryptor.decrypt(envelope, Keks.NOTE));
    }

    @Test
    void rewrap_again_changesNothing() {
        ring.rotate(Keks.value(2));
        byte[] moved = encryptor.rewrap(envelope).bytes();
        assertThat(encryptor.rewrap(envelope).bytes()).isEqualTo(moved);
        Rewrapped again = encryptor.rewrap(moved);
        assertThat(again.changed()).isFalse();
        assertThat(again.bytes()).isSameAs(moved);
    }

    @Test
    void rewrap_manyRowsUnderOneDataKey_isTheSameAsOneByOne() {
        byte[] other = encryptor.encrypt(new byte[100], Context.none());
        for (int version = 2; version <= 4; version++) {
            ring.rotate(Keks.value(version));
            byte[] first = encryptor.rewrap(envelope).bytes();
            byte[] second = encryptor.rewrap(other).bytes();
            assertThat(EnvelopeHeader.read(second).kekVersion()).isEqualTo(version);
            assertThat(encryptor.decrypt(first, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(encryptor.decrypt(second, Context.none())).isEqualTo(new byte[100]);
        }
    }

    @Test
    void rewrap_currentButWithATouchedHeader_isRefused() {
        for (int bit = 0; bit < 8 * 87; bit++) {
            byte[] touched = Keks.flipped(envelope, bit);
            assertThat(catchThrowable(() -> encryptor.rewrap(touched))).isInstanceOf(EnvelopeException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rewrap_everySuite_leavesThePayloadAndOpens(Suite suite) {
        byte[] old = Keks.envelope(suite, Keks.kek(7), new byte[40_000]);
        ring.rotate(Keks.value(2));
        byte[] moved = encryptor.rewrap(old).bytes();
        assertThat(encryptor.checkedHeader(moved)).isEqualTo(new EnvelopeHeader(suite.id(), 7, 2));
        assertThat(Arrays.equals(Keks.payload(moved), Keks.payload(old))).isTrue();
        assertThat(Arrays.equals(encryptor.decrypt(moved, Keks.NOTE), new byte[40_000]))
                .isTrue();
    }

    @Test
    void rewrapHeader_largeFile_isRewrappedInPlaceByItsFirstBytes(@TempDir Path directory) throws IOException {
        byte[] plaintext = Streams.random(100_000);
        Path file = Files.write(directory.resolve("file"), Streams.encrypted(encryptor, plaintext));
        long length = Files.size(file);
        ring.rotate(Keks.value(2));
        assertThat(rewrapInPlace(file)).isTrue();
        assertThat(rewrapInPlace(file)).isFalse();
        ring.move(1, VersionState.DESTROYED);
        ring.refresh();
        assertThat(Files.size(file)).isEqualTo(length);
        try (InputStream stream = encryptor.streams().decrypting(Files.newInputStream(file), Keks.NOTE)) {
            assertThat(Arrays.equals(stream.readAllBytes(), plaintext)).isTrue();
        }
    }

    private boolean rewrapInPlace(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer first = ByteBuffer.allocate(EnvelopeEncryptor.MAX_HEADER);
            channel.read(first, 0);
            Rewrapped header = encryptor.rewrapping().header(first.array());
            assertThat(header.bytes()).hasSize(first.capacity());
            channel.write(ByteBuffer.wrap(header.bytes()), 0);
            assertThat(encryptor.checkedHeader(header.bytes()).kekVersion()).isEqualTo(2);
            return header.changed();
        }
    }

    @Test
    void rewrapHeader_anyBeginning_givesTheSameBeginningOfTheRewrappedEnvelope() {
        byte[] old = Streams.encrypted(encryptor, new byte[1000]);
        ring.rotate(Keks.value(2));
        byte[] moved = encryptor.rewrap(old).bytes();
        for (int length = 0; length < old.length; length += length < 100 ? 1 : 50) {
            byte[] beginning = Arrays.copyOf(old, length);
            if (length < 87) {
                Keks.assertFailure(
                        Failure.MALFORMED, () -> encryptor.rewrapping().header(beginning));
                Keks.assertFailure(Failure.MALFORMED, () -> encryptor.checkedHeader(beginning));
                Keks.assertFailure(Failure.MALFORMED, () -> EnvelopeHeader.read(beginning));
            } else {
                assertThat(encryptor.rewrapping().header(beginning).bytes()).isEqualTo(Arrays.copyOf(moved, length));
                assertThat(encryptor.checkedHeader(beginning)).isEqualTo(EnvelopeHeader.read(old));
            }
        }
        Keks.assertFailure(Failure.MALFORMED, () -> encryptor.rewrap(Arrays.copyOf(old, 100)));
    }

    @Test
    void rewrapHeader_touched_isRefused() {
        ring.rotate(Keks.value(2));
        for (int bit = 0; bit < 8 * 87; bit++) {
            byte[] touched = Arrays.copyOf(Keks.flipped(envelope, bit), 87);
            assertThat(catchThrowable(() -> encryptor.rewrapping().header(touched)))
                    .isInstanceOf(EnvelopeException.class);
        }
    }

    @Test
    void rewrap_forgedPayload_isNotReadAndStaysForged() {
        ring.rotate(Keks.value(2));
        byte[] forged = Keks.flipped(envelope, 8 * 110);
        byte[] moved = encryptor.rewrap(forged).bytes();
        assertThat(Keks.payload(moved)).isEqualTo(Keks.payload(forged));
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(moved, Keks.NOTE));
    }
}
