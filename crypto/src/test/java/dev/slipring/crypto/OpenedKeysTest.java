package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.testing.FakeSecret;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The data key that was found last is no other than one that is kept. */
@Timeout(60)
class OpenedKeysTest {
    private final FakeKeyService service = new FakeKeyService();
    private final FakeSecret ring =
            FakeSecret.create("kek", Keks.clock(), 7, FakeSecret.timing(), FakeKeyService.reference("notes:1"));
    private final EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring.rotating(), service)
            .keySupply(KeySupply.standard().openedKeys(1))
            .build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void keyFoundLast_dropped_isUnwrappedAgain() {
        byte[] envelope = encrypt();
        open(envelope);
        open(envelope);
        open(envelope);
        assertThat(service.unwraps()).isEqualTo(1);
        encryptor.dropKeys();
        open(envelope);
        assertThat(service.unwraps()).isEqualTo(2);
    }

    @Test
    void keyFoundLast_evictedByOthers_isUnwrappedAgain() {
        byte[] envelope = encrypt();
        open(envelope);
        open(envelope);
        for (int i = 0; i < 20; i++) {
            encryptor.dropKeys();
            byte[] other = encrypt();
            open(envelope);
            open(envelope);
            open(other); // one of both leaves
            open(envelope);
        }
    }

    @Test
    void keyFoundLast_isNoneOfAnotherPartition() {
        byte[] envelope = encrypt();
        open(envelope);
        open(envelope);
        assertThat(encryptor.partition("a").decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThat(service.unwraps()).isEqualTo(2);
    }

    private byte[] encrypt() {
        return encryptor.encrypt(Keks.HELLO, Keks.NOTE);
    }

    private void open(byte[] envelope) {
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }
}
