package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole chunks of a long envelope left out, repeated, reordered or cut: always TAMPERED, never plaintext. */
class ChunkRejectionTest {
    private static final int FULL = 16400;
    private static final int START = 87 + 56;

    private final byte[] plaintext = new byte[2 * 16384 + 100];
    private final byte[] envelope = Keks.envelope(Suite.CHUNKED_AES_256_GCM, Keks.kek(7), plaintext);

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "01", "02", "12", "1", "2", "102", "0112", "0012", "0122", "210", "0123", "01x"})
    void chunks_inAnyOtherOrder_areTampered(String order) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(envelope, 0, START);
        for (char chunk : order.toCharArray()) {
            int from = chunk == 'x' || chunk == '3' ? START : START + (chunk - '0') * FULL;
            int to = chunk == 'x' ? from + 116 : Math.min(from + FULL, envelope.length);
            out.write(envelope, from, to - from);
        }
        assertTampered(out.toByteArray());
    }

    @Test
    void cut_aroundEveryBorder_isTampered() {
        for (int border : new int[] {START, START + 16, START + FULL, START + 2 * FULL, envelope.length}) {
            for (int length = Math.max(START, border - 18); length <= border + 18; length++) {
                if (length != envelope.length) {
                    assertTampered(Arrays.copyOf(envelope, length));
                }
            }
        }
    }

    @Test
    void bitFlip_inEachPartOfEachChunk_isTampered() {
        for (int offset : new int[] {0, 5000, 16383, 16384, 16399, FULL, FULL + 16384, 2 * FULL, 2 * FULL + 100}) {
            assertTampered(Keks.flipped(envelope, 8 * (START + offset) + 3));
        }
    }

    @Test
    void chunks_ofAnotherMessageUnderTheSameDataKey_areTampered() {
        byte[] other = Keks.envelope(Suite.CHUNKED_AES_256_GCM, Keks.kek(7), plaintext);
        for (int chunk = 0; chunk < 3; chunk++) {
            byte[] mixed = envelope.clone();
            int from = START + chunk * FULL;
            System.arraycopy(other, from, mixed, from, Math.min(FULL, other.length - from));
            assertTampered(mixed);
        }
        byte[] header = envelope.clone();
        System.arraycopy(other, 0, header, 0, START);
        assertTampered(header);
    }

    private static void assertTampered(byte[] changed) {
        Envelope parsed = Envelope.parse(changed);
        DataKey key = Keks.dataKey(Suite.CHUNKED_AES_256_GCM, Keks.value(99));
        Keks.assertFailure(Failure.TAMPERED, () -> key.open(parsed, Keks.NOTE));
        assertThat(parsed.bytes()).isEqualTo(changed);
    }
}
