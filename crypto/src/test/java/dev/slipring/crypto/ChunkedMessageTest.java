package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ChunkedMessageTest {
    private static final long LAST = (1L << 38) - 1;

    @Test
    void seal_farIndex_usesItsFiveBytesAndOpensThereOnly() {
        for (long index : new long[] {0, 255, 256, 1L << 31, 1L << 32, LAST}) {
            ByteBuffer sealed = sealed(index);
            assertThat(opened(index, sealed)).isEqualTo(Keks.HELLO);
            for (int bit = 0; bit < 38; bit++) {
                long other = index ^ 1L << bit;
                Keks.assertFailure(Failure.TAMPERED, () -> opened(other, sealed));
            }
        }
    }

    @Test
    void chunk_beyondTheLast_isNeitherSealedNorOpened() {
        assertThatThrownBy(() -> sealed(LAST + 1)).isInstanceOf(IllegalStateException.class);
        Keks.assertFailure(Failure.TAMPERED, () -> opened(LAST + 1, sealed(0)));
    }

    @Test
    void wiped_sealsAndOpensNothing() {
        ChunkedMessage message = message();
        message.wipe();
        assertThatThrownBy(() -> message.seal(0, ByteBuffer.allocate(1), ByteBuffer.allocate(17)))
                .isInstanceOf(AesKey.Wiped.class);
        assertThatThrownBy(() -> message.open(0, sealed(0), ByteBuffer.allocate(100)))
                .isInstanceOf(AesKey.Wiped.class);
    }

    @Test
    void sealedLength_aroundChunks_isOneTagMoreThanFullChunks() {
        assertThat(ChunkedMessage.sealedLength(0)).isEqualTo(72);
        assertThat(ChunkedMessage.sealedLength(16383)).isEqualTo(72 + 16383);
        assertThat(ChunkedMessage.sealedLength(16384)).isEqualTo(88 + 16384);
        assertThat(ChunkedMessage.sealedLength(1L << 40)).isEqualTo(56 + (1L << 40) + 16 * ((1L << 26) + 1));
    }

    private static ByteBuffer sealed(long index) {
        ByteBuffer out = ByteBuffer.allocate(100);
        message().seal(index, ByteBuffer.wrap(Keks.HELLO), out);
        return out.flip();
    }

    private static byte[] opened(long index, ByteBuffer sealed) {
        ByteBuffer out = ByteBuffer.allocate(Keks.HELLO.length);
        message().open(index, sealed.duplicate(), out);
        return out.array();
    }

    private static ChunkedMessage message() {
        CryptoProviders platform = CryptoProviders.platform();
        HkdfExpander key = new HkdfExpander(new AesKey(Keks.value(1)), platform);
        return ChunkedMessage.derive(
                key, new byte[24], new byte[0], platform.gcm().take());
    }
}
