package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.testing.FakeSecret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class StreamProperties {
    private static final FakeSecret RING = Keks.ring(7);
    private static final EnvelopeEncryptor ENCRYPTOR =
            EnvelopeEncryptor.builder(RING.rotating()).build();

    /** Lengths around the borders of the first four chunks, and any other. */
    @Provide
    Arbitrary<Integer> lengths() {
        Arbitrary<Integer> border = Arbitraries.integers().between(0, 4);
        Arbitrary<Integer> beside = Arbitraries.integers().between(-18, 18);
        return Arbitraries.frequencyOf(
                Tuple.of(3, border.flatMap(b -> beside.map(d -> Math.max(0, b * Streams.CHUNK + d)))),
                Tuple.of(1, Arbitraries.integers().between(0, 5 * Streams.CHUNK)));
    }

    /** Sizes of pieces: few bytes, about a chunk, several chunks. */
    @Provide
    Arbitrary<Integer> pieces() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 40),
                Arbitraries.integers().between(Streams.CHUNK - 2, Streams.CHUNK + 2),
                Arbitraries.integers().between(1, 3 * Streams.CHUNK));
    }

    /** Without jqwik's own edge cases, whose combinations would leave no tries: the borders are in the lengths. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void streams_anyLengthsAndPieces_equalTheWholeEnvelope(
            @ForAll("lengths") int length, @ForAll("pieces") int written, @ForAll("pieces") int read)
            throws IOException {
        byte[] plaintext = Streams.random(length);
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (OutputStream stream = ENCRYPTOR.streams().encrypting(sink, Keks.NOTE)) {
            for (int at = 0; at < length; at += written) {
                stream.write(plaintext, at, Math.min(written, length - at));
            }
        }
        byte[] streamed = sink.toByteArray();
        byte[] whole = Keks.envelope(Suite.CHUNKED_AES_256_GCM, Keks.kek(7), plaintext);
        assertThat(streamed).hasSameSizeAs(whole);
        assertThat(Arrays.equals(ENCRYPTOR.decrypt(streamed, Keks.NOTE), plaintext))
                .isTrue();
        assertThat(Arrays.equals(inPieces(streamed, read), plaintext)).isTrue();
        assertThat(Arrays.equals(inPieces(whole, read), plaintext)).isTrue();
    }

    private static byte[] inPieces(byte[] envelope, int size) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] piece = new byte[size];
        try (InputStream stream = ENCRYPTOR.streams().decrypting(new ByteArrayInputStream(envelope), Keks.NOTE)) {
            for (int got = stream.read(piece); got >= 0; got = stream.read(piece)) {
                out.write(piece, 0, got);
            }
        }
        return out.toByteArray();
    }

    @Property(tries = 1000)
    void decryptingStream_anyBytes_isANamedFailure(@ForAll byte[] bytes) {
        assertThat(Streams.failureOf(() -> Streams.decrypted(ENCRYPTOR, bytes))).isNotNull();
    }

    @Property(tries = 1000)
    void decryptingStream_anyBytesWrittenIntoAnEnvelope_isANamedFailure(
            @ForAll @Size(min = 1, max = 60) byte[] bytes, @ForAll @IntRange(max = 140) int offset) {
        byte[] envelope = Keks.envelope(Suite.CHUNKED_AES_256_GCM, Keks.kek(7), Keks.HELLO);
        byte[] changed = envelope.clone();
        System.arraycopy(bytes, 0, changed, offset, Math.min(bytes.length, changed.length - offset));
        if (!Arrays.equals(changed, envelope)) {
            assertThat(Streams.failureOf(() -> Streams.decrypted(ENCRYPTOR, changed)))
                    .isNotNull();
        }
    }
}
