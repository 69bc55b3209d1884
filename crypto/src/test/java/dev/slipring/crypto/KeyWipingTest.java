package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Keys made for one message do not outlive it, however it ends. */
class KeyWipingTest {
    private static final byte[] CONTEXT = new byte[4];

    private final KeyRecorder recorder = new KeyRecorder();
    private final AesKey key = new AesKey(Keks.value(1));

    @Test
    void saltedMessages_sealedOpenedAndRefused_leaveNoKey() {
        PayloadCipher cipher = new SaltedCipher(key, new byte[0], recorder.slots());
        byte[] body = new byte[100 + SaltedCipher.OVERHEAD];
        assertLeavesNoKey(cipher, body);
    }

    @Test
    void chunkedMessages_sealedOpenedAndRefused_leaveNoKey() {
        PayloadCipher cipher = new ChunkedCipher(key, new byte[0], recorder.slots());
        assertLeavesNoKey(cipher, new byte[(int) ChunkedMessage.sealedLength(100)]);
    }

    private void assertLeavesNoKey(PayloadCipher cipher, byte[] body) {
        for (int i = 0; i < 3; i++) {
            cipher.seal(new byte[100], CONTEXT, body, 0);
            assertThat(cipher.open(body, 0, CONTEXT)).isEqualTo(new byte[100]);
            body[body.length - 1] ^= 1;
            assertThat(catchThrowable(() -> cipher.open(body, 0, CONTEXT))).isInstanceOf(EnvelopeException.class);
        }
        assertThat(recorder.seen()).hasSize(9).allMatch(AesKey::isDestroyed).doesNotContain(key);
        assertThat(key.isDestroyed()).isFalse();
        cipher.wipe();
        assertThat(key.isDestroyed()).isTrue();
    }

    @Test
    void decryptingStream_closedAnywhere_leavesNoKeyAndNoPlaintext() throws Exception {
        ChunkedCipher cipher = new ChunkedCipher(key, new byte[0], recorder.slots());
        byte[] body = new byte[(int) ChunkedMessage.sealedLength(40_000)];
        cipher.seal(Streams.random(40_000), CONTEXT, body, 0);
        for (int read : new int[] {1, 20_000, 40_000}) {
            ChunkedMessage message = cipher.resume(ByteBuffer.wrap(body, 0, 56), CONTEXT);
            InputStream stream = new DecryptingStream(new ByteArrayInputStream(body, 56, body.length - 56), message);
            stream.readNBytes(read);
            byte[] shown = (byte[]) field(field(stream, "window"), "plaintext");
            assertThat(recorder.seen()).filteredOn(each -> !each.isDestroyed()).hasSize(1);
            stream.close();
            assertThat(recorder.seen()).allMatch(AesKey::isDestroyed);
            assertThat(shown).containsOnly(0);
        }
    }

    @Test
    void randomAccess_closedOrRefused_leavesNoKey() throws IOException {
        ChunkedCipher cipher = new ChunkedCipher(key, new byte[0], recorder.slots());
        byte[] body = new byte[(int) ChunkedMessage.sealedLength(40_000)];
        cipher.seal(new byte[40_000], CONTEXT, body, 0);
        ChunkedMessage message = cipher.resume(ByteBuffer.wrap(body, 0, 56), CONTEXT);
        DecryptingChannel.open(new MemoryChannel(body), 56, message).close();
        byte[] cut = Arrays.copyOf(body, body.length - 1);
        ChunkedMessage other = cipher.resume(ByteBuffer.wrap(body, 0, 56), CONTEXT);
        assertThatThrownBy(() -> DecryptingChannel.open(new MemoryChannel(cut), 56, other))
                .isInstanceOf(EnvelopeException.class);
        assertThat(recorder.seen()).hasSize(3).allMatch(AesKey::isDestroyed);
    }

    @Test
    void encryptingStream_closed_leavesNoKeyAndNoPlaintext() throws Exception {
        StreamStart start = Keks.streamStart();
        ChunkedMessage message = start.message();
        OutputStream stream = EncryptingStream.begin(start, new ByteArrayOutputStream());
        stream.write(Streams.random(20_000));
        byte[] buffer = ((ByteBuffer) field(stream, "plaintext")).array();
        stream.close();
        assertThat(buffer).containsOnly(0);
        assertWiped(message);
    }

    @Test
    void encryptingStream_thatCannotBegin_leavesNoKey() {
        StreamStart start = Keks.streamStart();
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("a broken pipe");
            }
        };
        assertThatThrownBy(() -> EncryptingStream.begin(start, broken)).hasMessage("a broken pipe");
        assertWiped(start.message());
    }

    private static void assertWiped(ChunkedMessage message) {
        assertThatThrownBy(() -> message.seal(0, ByteBuffer.allocate(1), ByteBuffer.allocate(17)))
                .isInstanceOf(AesKey.Wiped.class);
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }
}
