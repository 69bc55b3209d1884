package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.testing.FakeSecret;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A census of the data keys in a store. */
class DataKeySourceTest {
    private static final SecretName KEK = SecretName.of("kek-1");

    private final FakeSecret ring = Keks.ring(1);
    private final FakeDataKeyStore store = new FakeDataKeyStore();
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).reference(store).build();
    private final EnvelopeCensus census =
            EnvelopeCensus.of("data keys", EnvelopeSource.dataKeys(store)).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @Test
    void dataKeys_areCountedByTheVersionThatWrapsThemNow() {
        census.over(encryptor, ring.rotating());
        assertThat(census.remaining(KEK, 1)).hasValue(0);
        encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.partition("other").encrypt(new byte[100_000], Keks.NOTE);
        ring.rotate(Keks.value(2));
        encryptor.encrypt(Keks.HELLO, Keks.NOTE);

        assertThat(census.count().byVersion()).isEqualTo(Map.of(1, 2L, 2, 1L));
        encryptor.dataKeys().rewrap(null, 1);
        encryptor.dataKeys().rewrap(null, 100);
        assertThat(census.count().byVersion()).isEqualTo(Map.of(2, 3L));
        assertThat(census.remaining(KEK, 1)).hasValue(0);
    }

    @Test
    void dataKeys_moreThanAPage_areAllCounted() {
        for (int pages = 1; pages <= 2; pages++) {
            for (int i = 0; i < DataKeyStore.MAX_PAGE; i++) {
                put(Keks.kek(1));
            }
            census.over(encryptor, ring.rotating());
            assertThat(census.remaining(KEK, 1)).hasValue((long) pages * DataKeyStore.MAX_PAGE);
        }
        put(Keks.kek(1));
        assertThat(census.remaining(KEK, 1)).hasValue(2 * DataKeyStore.MAX_PAGE + 1);
    }

    @Test
    void dataKeys_ofAnEncryptorWithoutAStore_areCounted() {
        encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).build()) {
            census.over(inline, ring.rotating());
            assertThat(census.remaining(KEK, 1)).hasValue(1);
        }
    }

    @Test
    void dataKeys_underAnotherRing_needNoVersionOfThisOne() {
        put(Keks.kek(2));
        census.over(encryptor, ring.rotating());
        assertThat(census.remaining(KEK, 1)).isEmpty(); // nobody can prove what it needs
        try (FakeSecret other = Keks.ring(2);
                EnvelopeEncryptor both = EnvelopeEncryptor.builder(ring.rotating())
                        .alsoOpens(other.rotating())
                        .build()) {
            census.over(both, ring.rotating());
            assertThat(census.remaining(KEK, 1)).hasValue(0);
        }
    }

    @Test
    void dataKeys_underARevokedVersion_needThatOneAndBlockTheOthers() {
        census.over(encryptor, ring.rotating());
        encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.rotate(Keks.value(2));
        ring.move(1, VersionState.REVOKED);
        ring.refresh();
        assertThat(census.remaining(KEK, 1)).hasValue(1);
        assertThat(census.remaining(KEK, 2)).isEmpty();
    }

    @Test
    void records_thatCannotBeChecked_areUnknownAndBlock() {
        census.over(encryptor, ring.rotating());
        Commitment commitment =
                Envelope.parse(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).commitment();
        byte[] record = store.find(commitment).orElseThrow();
        byte[] relabelled = record.clone();
        relabelled[11] = 2; // the KEK version
        ring.rotate(Keks.value(2));
        store.overwrite(commitment, relabelled);
        assertUnknown(Failure.TAMPERED);
        byte[] newer = record.clone();
        newer[2] = 2; // the record format
        store.overwrite(commitment, newer);
        assertUnknown(Failure.MALFORMED);
        store.overwrite(commitment, Arrays.copyOf(record, record.length - 1));
        assertUnknown(Failure.MALFORMED);
        store.overwrite(commitment, record);
        assertThat(census.remaining(KEK, 1)).hasValue(1);
    }

    @Test
    void store_thatIsDown_isNotCovered() {
        census.over(encryptor, ring.rotating());
        store.down(true);
        assertThat(census.remaining(KEK, 1)).isEmpty();
        assertThat(census.count().failed()).containsOnlyKeys("data keys");
    }

    private void assertUnknown(Failure failure) {
        assertThat(census.remaining(KEK, 1)).isEmpty();
        assertThat(census.remaining(KEK, 2)).isEmpty();
        assertThat(census.count().unknown()).isEqualTo(Map.of("data keys", Map.of(failure, 1L)));
    }

    /** A record of a new data key. */
    private void put(Kek kek) {
        CryptoProviders platform = CryptoProviders.platform();
        byte[] dek = platform.randomBytes(32);
        byte[] commitment = DataKey.derive(Suite.AES_256_GCM, dek, platform).commitment();
        DataKeyRecord record =
                DataKeyRecord.of(WrappedKey.of(Suite.AES_256_GCM, kek, kek.wrap(dek), commitment), Instant.EPOCH);
        store.putIfAbsent(record.commitment(), record.bytes());
    }
}
