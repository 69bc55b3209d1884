package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Data keys that are not shared, when they seal and when they open. */
class PartitionTest {
    private final FakeKeyService service = new FakeKeyService();
    private final FakeSecret ring =
            FakeSecret.create("kek", Keks.clock(), 7, FakeSecret.timing(), FakeKeyService.reference("notes:1"));
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating(), service).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void encrypt_inEachPartition_hasADataKeyOfItsOwn() {
        Set<Object> keys = new HashSet<>();
        for (EnvelopeEncryptor each : List.of(encryptor, encryptor.partition("a"), encryptor.partition("b"))) {
            byte[] first = each.encrypt(Keks.HELLO, Keks.NOTE);
            byte[] second = each.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(key(second)).isEqualTo(key(first));
            keys.add(key(first));
        }
        assertThat(keys).hasSize(3);
        assertThat(key(encryptor.partition("a").encrypt(Keks.HELLO, Keks.NOTE))).isIn(keys);
        assertThat(key(encryptor.partition("b").partition("a").encrypt(Keks.HELLO, Keks.NOTE)))
                .isIn(keys);
        assertThat(service.wraps()).isEqualTo(3);
    }

    @Test
    void decrypt_inEachPartition_opensForItself() {
        byte[] envelope = encryptor.partition("a").encrypt(Keks.HELLO, Keks.NOTE);
        for (String name : List.of("a", "b", "a", "b")) {
            assertThat(encryptor.partition(name).decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
        assertThat(service.unwraps()).isEqualTo(2);
    }

    @Test
    void decrypt_versionRevoked_isDisabledInEachPartition() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        EnvelopeEncryptor a = encryptor.partition("a");
        a.decrypt(envelope, Keks.NOTE);
        ring.rotate(FakeKeyService.reference("notes:2"));
        ring.move(1, VersionState.REVOKED);
        ring.refresh();
        Keks.assertFailure(Failure.DISABLED, () -> a.decrypt(envelope, Keks.NOTE));
    }

    @Test
    void close_ofOnePartition_forgetsItsKeysAndNoOthers() {
        EnvelopeEncryptor a = encryptor.partition("a");
        EnvelopeEncryptor b = encryptor.partition("b");
        byte[] ofA = a.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] ofB = b.encrypt(Keks.HELLO, Keks.NOTE);
        a.decrypt(ofA, Keks.NOTE);
        b.decrypt(ofB, Keks.NOTE);
        a.close();
        assertThatIllegalStateException().isThrownBy(() -> a.encrypt(Keks.HELLO, Keks.NOTE));
        assertThat(key(b.encrypt(Keks.HELLO, Keks.NOTE))).isEqualTo(key(ofB));
        b.decrypt(ofB, Keks.NOTE);
        assertThat(service.unwraps()).isEqualTo(2);
        EnvelopeEncryptor again = encryptor.partition("a");
        assertThat(key(again.encrypt(Keks.HELLO, Keks.NOTE))).isNotEqualTo(key(ofA));
        assertThat(again.decrypt(ofA, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThat(service.unwraps()).isEqualTo(3);
    }

    @Test
    void close_ofTheEncryptor_closesItsPartitions() {
        EnvelopeEncryptor a = encryptor.partition("a");
        a.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.close();
        assertThatIllegalStateException().isThrownBy(() -> a.encrypt(Keks.HELLO, Keks.NOTE));
    }

    @Test
    void partitions_moreThanAreKept_areMadeAnewAndWork() {
        try (FakeSecret local = Keks.ring(8);
                EnvelopeEncryptor many =
                        EnvelopeEncryptor.builder(local.rotating()).build()) {
            for (int i = 0; i < 5000; i++) {
                byte[] envelope = many.partition("tenant " + i % 4500).encrypt(Keks.HELLO, Keks.NOTE);
                assertThat(many.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            }
        }
    }

    @Test
    void partition_withoutAName_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> encryptor.partition(""));
    }

    private static Object key(byte[] envelope) {
        return Envelope.parse(envelope).commitment();
    }
}
