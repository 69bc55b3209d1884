package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Project Wycheproof's vectors of C2SP chunked encryption. */
@Tag("providers")
class ChunkedVectorsTest {
    private static final int HEADER = ChunkedMessage.HEADER_LENGTH;

    /** One vector on one choice of providers, shown by its number and comment. */
    record Vector(Json json, Providers.Choice choice) {
        boolean valid() {
            return json.text("result").equals("valid");
        }

        boolean flagged(String flag) {
            return ((List<?>) json.get("flags")).contains(flag);
        }

        byte[] sealed() throws IOException {
            return new InflaterInputStream(new ByteArrayInputStream(json.hex("ct"))).readAllBytes();
        }

        ChunkedCipher cipher() {
            return new ChunkedCipher(new AesKey(json.hex("key")), new byte[0], choice.slots());
        }

        @Override
        public String toString() {
            return choice + " " + json.get("tcId") + " " + json.text("comment");
        }
    }

    static List<Vector> vectors() throws IOException {
        Json file = (Json) Json.resource("wycheproof/c2sp_chunked_encryption_aes_256_gcm_test.json");
        List<Json> vectors = file.list("testGroups").stream()
                .flatMap(group -> group.list("tests").stream())
                .toList();
        assertThat(vectors).hasSize(35).hasSize(file.number("numberOfTests"));
        return Providers.all().stream()
                .flatMap(choice -> vectors.stream().map(json -> new Vector(json, choice)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void cipher_everyVector_opensAndSealsTheSameOrRefuses(Vector vector) throws Exception {
        byte[] sealed = vector.sealed();
        byte[] context = vector.json().hex("ctx");
        if (vector.valid()) {
            byte[] opened = vector.cipher().open(sealed, 0, context);
            assertThat(opened).hasSize(vector.json().number("msgLength"));
            assertThat(MessageDigest.getInstance("SHA-512").digest(opened))
                    .isEqualTo(vector.json().hex("msgSha512"));
            if (vector.choice().sealsVectors()) {
                byte[] again = Arrays.copyOf(Arrays.copyOf(sealed, ChunkedMessage.SALT_LENGTH), sealed.length);
                vector.cipher().sealUnderGivenRandomness(opened, context, again, 0);
                assertThat(Arrays.equals(again, sealed)).isTrue();
            }
        } else if (vector.flagged("InvalidKeySize")) {
            assertThatThrownBy(vector::cipher).isInstanceOf(IllegalArgumentException.class);
        } else if (sealed.length < HEADER) {
            assertThat(Suite.CHUNKED_AES_256_GCM.shortestBody()).isEqualTo(HEADER); // what the envelope refuses
        } else {
            Keks.assertFailure(Failure.TAMPERED, () -> vector.cipher().open(sealed, 0, context));
        }
    }

    /** A stream may show what the invalid ones begin with, no byte more, and then fails for ever. */
    @ParameterizedTest
    @MethodSource("vectors")
    void stream_everyVector_showsTheValidPrefixAndThenFails(Vector vector) throws Exception {
        byte[] sealed = vector.sealed();
        if (vector.flagged("HeaderFailure")) {
            return; // the test above
        }
        byte[] context = vector.json().hex("ctx");
        ChunkedMessage message = vector.cipher().resume(ByteBuffer.wrap(sealed, 0, HEADER), context);
        InputStream chunks = new ByteArrayInputStream(sealed, HEADER, sealed.length - HEADER);
        try (InputStream stream = new DecryptingStream(chunks, message)) {
            int prefix = vector.valid() || vector.flagged("PartialPlaintext")
                    ? vector.json().number("msgLength")
                    : 0;
            byte[] shown = stream.readNBytes(prefix);
            if (prefix > 0) {
                assertThat(MessageDigest.getInstance("SHA-512").digest(shown))
                        .isEqualTo(vector.json().hex("msgSha512"));
            }
            if (vector.valid()) {
                assertThat(stream.read()).isEqualTo(-1);
            } else {
                Streams.assertTampered(stream::read);
                Streams.assertTampered(stream::read);
            }
        }
    }

    /** The last chunk proves the length, so it is all that an invalid vector may have in its favour. */
    @ParameterizedTest
    @MethodSource("vectors")
    void channel_everyVector_opensIfItsLastChunkIsGood(Vector vector) throws Exception {
        byte[] sealed = vector.sealed();
        if (vector.flagged("HeaderFailure")) {
            return; // the first test
        }
        byte[] context = vector.json().hex("ctx");
        ChunkedMessage message = vector.cipher().resume(ByteBuffer.wrap(sealed, 0, HEADER), context);
        if (!vector.valid() && !vector.flagged("ValidFinalChunk")) {
            Keks.assertFailure(
                    Failure.TAMPERED, () -> DecryptingChannel.open(new MemoryChannel(sealed), HEADER, message));
            return;
        }
        try (SeekableByteChannel channel = DecryptingChannel.open(new MemoryChannel(sealed), HEADER, message)) {
            ByteBuffer all = ByteBuffer.allocate((int) channel.size());
            if (vector.valid()) {
                assertThat(channel.read(all)).isEqualTo(vector.json().number("msgLength"));
                assertThat(MessageDigest.getInstance("SHA-512").digest(all.array()))
                        .isEqualTo(vector.json().hex("msgSha512"));
            } else {
                Streams.assertTampered(() -> channel.read(all));
                Streams.assertTampered(() -> channel.read(all));
            }
        }
    }
}
