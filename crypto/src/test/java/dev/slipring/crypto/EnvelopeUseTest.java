package dev.slipring.crypto;

import static dev.slipring.crypto.Keks.HELLO;
import static dev.slipring.crypto.Keks.NOTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.UseCounts.OfVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the whole replica can see of the use of a KEK: data keys wrapped and unwrapped, and what was refused. */
class EnvelopeUseTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void dataKeys_wrappedAndUnwrapped_areCountedOnceEach() {
        byte[] first = encryptor.encrypt(HELLO, NOTE);
        encryptor.encrypt(HELLO, NOTE);
        encryptor.decrypt(first, NOTE);
        encryptor.decrypt(first, NOTE);
        assertThat(counts().versions()).containsExactly(entry(1, new OfVersion(1, 1, 0)));
        assertThat(counts().failures()).isEmpty();
    }

    @Test
    void envelope_ofARevokedVersion_isARefusalOfThatVersion() {
        byte[] old = encryptor.encrypt(HELLO, NOTE);
        ring.rotate(Keks.value(2));
        ring.move(1, VersionState.REVOKED);
        ring.refresh();
        Keks.assertFailure(Failure.DISABLED, () -> encryptor.decrypt(old, NOTE));
        assertThat(counts().versions().get(1).refused()).isEqualTo(1);
    }

    @Test
    void envelope_changedOrOfAnUnknownVersion_isAFailure() {
        byte[] envelope = encryptor.encrypt(HELLO, NOTE);
        envelope[envelope.length - 1] ^= 1;
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(envelope, NOTE));
        envelope[12] = 9;
        Keks.assertFailure(Failure.UNKNOWN_VERSION, () -> encryptor.decrypt(envelope, NOTE));
        assertThat(counts().failures())
                .containsOnly(entry(AuthFailure.SIGNATURE, 1L), entry(AuthFailure.UNKNOWN_KEY, 1L));
        assertThat(counts().versions()).containsOnlyKeys(1);
    }

    private UseCounts counts() {
        return ring.rotating().uses().counts();
    }
}
