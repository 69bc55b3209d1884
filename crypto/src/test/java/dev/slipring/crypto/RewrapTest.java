package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

    @Test
    void rewrap_forgedPayload_isNotReadAndStaysForged() {
        ring.rotate(Keks.value(2));
        byte[] forged = Keks.flipped(envelope, 8 * 110);
        byte[] moved = encryptor.rewrap(forged).bytes();
        assertThat(Keks.payload(moved)).isEqualTo(Keks.payload(forged));
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(moved, Keks.NOTE));
    }
}
