package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.Commitment;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Envelopes that refer to the record of their data key. */
@Timeout(300)
class ReferenceModeTest {
    private final ManualClock clock = Keks.clock();
    private final FakeSecret ring = Keks.ring(7);
    private final FakeDataKeyStore store = new FakeDataKeyStore();
    private final EnvelopeEncryptor encryptor = builder().build();

    /** Another replica, which has cached nothing. */
    private final EnvelopeEncryptor replica = builder().build();

    @AfterEach
    void close() {
        encryptor.close();
        replica.close();
        ring.close();
    }

    // ---- sealing and opening

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 16 * 1024})
    void encrypt_shortMessage_costs65BytesAndOpensElsewhere(int length) {
        byte[] plaintext = new byte[length];
        Arrays.fill(plaintext, (byte) length);
        byte[] envelope = encryptor.encrypt(plaintext, Keks.NOTE);
        assertThat(envelope).hasSize(length + 65);
        assertThat(envelope[4]).isEqualTo((byte) 1);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(plaintext);
        assertThat(replica.decryptText(EnvelopeText.write(envelope), Keks.NOTE)).isEqualTo(plaintext);
        assertThat(replica.checkedHeader(envelope)).isEqualTo(new EnvelopeHeader(1, 7, 1));
    }

    @Test
    void encrypt_longMessage_refersToo() {
        byte[] envelope = encryptor.encrypt(new byte[100_000], Keks.NOTE);
        assertThat(envelope[3]).isEqualTo((byte) 4);
        assertThat(envelope[4]).isEqualTo((byte) 1);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(new byte[100_000]);
        Keks.assertFailure(Failure.TAMPERED, () -> replica.decrypt(envelope, Context.none()));
    }

    @Test
    void stream_ofAnyLength_refersToARecordOfItsOwn() throws Exception {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (OutputStream stream = encryptor.streams().encrypting(sink, Keks.NOTE)) {
            assertThat(store.scan(null, 10)).hasSize(1);
            stream.write(new byte[50_000]);
        }
        byte[] envelope = sink.toByteArray();
        assertThat(envelope[4]).isEqualTo((byte) 1);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(new byte[50_000]);
        try (InputStream opened = replica.streams().decrypting(new ByteArrayInputStream(envelope), Keks.NOTE)) {
            assertThat(opened.readAllBytes()).isEqualTo(new byte[50_000]);
        }
        Keks.assertFailure(
                Failure.MALFORMED,
                () -> replica.streams().decrypting(new ByteArrayInputStream(envelope, 0, 36), Keks.NOTE));
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).build()) {
            Keks.assertFailure(
                    Failure.UNSUPPORTED,
                    () -> inline.streams().decrypting(new ByteArrayInputStream(envelope), Keks.NOTE));
        }
    }

    @Test
    void encrypt_manyMessages_storesOneRecordBeforeTheFirst() {
        byte[] first = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] second = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertThat(store.scan(null, 10)).hasSize(1);
        assertThat(store.record(first)).isEqualTo(store.record(second));
        assertThat(store.record(first).toString()).contains("created 2030-01-01T00:00:00Z");
        assertThat(store.finds()).isZero();
    }

    @Test
    void encrypt_storeDown_handsOutNothingThatCannotBeOpened() {
        store.down(true);
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.encrypt(Keks.HELLO, Keks.NOTE));
        store.down(false);
        assertThat(replica.decrypt(encryptor.encrypt(Keks.HELLO, Keks.NOTE), Keks.NOTE))
                .isEqualTo(Keks.HELLO);
    }

    @Test
    void withoutAStore_isUnsupportedWhateverIsAsked() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).build()) {
            Keks.assertFailure(Failure.UNSUPPORTED, () -> inline.decrypt(envelope, Keks.NOTE));
            Keks.assertFailure(Failure.UNSUPPORTED, () -> inline.rewrap(envelope));
            Keks.assertFailure(Failure.UNSUPPORTED, () -> inline.checkedHeader(envelope));
            Keks.assertFailure(Failure.UNSUPPORTED, () -> inline.rewrapping().toInline(envelope));
            byte[] own = inline.encrypt(Keks.HELLO, Keks.NOTE);
            Keks.assertFailure(Failure.UNSUPPORTED, () -> inline.rewrapping().toReference(own));
            Keks.assertFailure(Failure.UNSUPPORTED, () -> inline.dataKeys().rewrap(null, 10));
        }
        Keks.assertFailure(Failure.UNSUPPORTED, () -> EnvelopeHeader.read(envelope));
    }

    @Test
    void eitherMode_opensWhereThereIsAStore() {
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).dataKeyStore(store).build()) {
            byte[] brief = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            byte[] full = inline.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(full).hasSize(Keks.HELLO.length + 115);
            assertThat(inline.decrypt(brief, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(encryptor.decrypt(full, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    // ---- looking records up

    @Test
    void coldReplica_thousandThreads_asksTheStoreOnce() throws Exception {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertThat(Crowd.of(1000).all(() -> replica.decrypt(envelope, Keks.NOTE)))
                .allMatch(opened -> Arrays.equals(opened, Keks.HELLO));
        assertThat(store.finds()).isEqualTo(1);
    }

    @Test
    void unknownDataKey_isAskedForOnceInAWhileAndThenFound() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] record = store.record(envelope).bytes();
        FakeDataKeyStore late = new FakeDataKeyStore();
        try (EnvelopeEncryptor other = EnvelopeEncryptor.builder(ring.rotating())
                .dataKeyStore(late)
                .ticker(clock)
                .build()) {
            for (int i = 0; i < 10; i++) {
                Keks.assertFailure(Failure.KEY_NOT_FOUND, () -> other.decrypt(envelope, Keks.NOTE));
            }
            assertThat(late.finds()).isEqualTo(1);
            late.putIfAbsent(Envelope.parse(envelope).commitment(), record);
            clock.advance(Duration.ofSeconds(5).minusNanos(1));
            Keks.assertFailure(Failure.KEY_NOT_FOUND, () -> other.decrypt(envelope, Keks.NOTE));
            clock.advance(Duration.ofNanos(1));
            assertThat(other.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(other.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(late.finds()).isEqualTo(2);
        }
    }

    @Test
    void unknownDataKeys_inAFlood_areNotKeptWithoutBound() {
        try (EnvelopeEncryptor small =
                builder().keySupply(KeySupply.standard().openedKeys(4)).build()) {
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            for (int i = 0; i < 1000; i++) {
                byte[] unknown = envelope.clone();
                ByteBuffer.wrap(unknown).putInt(5, i);
                Keks.assertFailure(Failure.KEY_NOT_FOUND, () -> small.decrypt(unknown, Keks.NOTE));
            }
            int finds = store.finds();
            for (int i = 0; i < 1000; i++) {
                byte[] unknown = envelope.clone();
                ByteBuffer.wrap(unknown).putInt(5, i);
                Keks.assertFailure(Failure.KEY_NOT_FOUND, () -> small.decrypt(unknown, Keks.NOTE));
            }
            assertThat(store.finds() - finds).isGreaterThanOrEqualTo(996);
        }
    }

    @Test
    void storeDown_knownDataKeysGoOnAndOthersAreUnavailable() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.decrypt(envelope, Keks.NOTE);
        store.down(true);
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThat(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).isNotEmpty();
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> replica.decrypt(envelope, Keks.NOTE));
        store.down(false);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void storeHanging_holdsUpWhoNeedsItForThePatienceAndNobodyElse() throws Exception {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.decrypt(envelope, Keks.NOTE);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (EnvelopeEncryptor brief = builder()
                .keySupply(KeySupply.standard().patience(Duration.ofMillis(20)))
                .build()) {
            CountDownLatch gate = store.hang();
            Future<byte[]> opening = threads.submit(() -> brief.decrypt(envelope, Keks.NOTE));
            while (store.hanging() == 0) {
                Thread.onSpinWait();
            }
            Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> brief.decrypt(envelope, Keks.NOTE));
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            gate.countDown();
            assertThat(opening.get()).isEqualTo(Keks.HELLO);
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- records that are not as they should be

    @ParameterizedTest
    @CsvSource({
        "0, MALFORMED",
        "2, UNSUPPORTED",
        "3, TAMPERED", // a suite that is not the envelope's
        "4, WRONG_RING",
        "8, UNKNOWN_VERSION",
        "20, TAMPERED", // another data key's
        "53, MALFORMED",
        "54, TAMPERED", // the wrapped DEK
        "93, TAMPERED",
    })
    void decrypt_recordWithOneByteChanged_failsAsNamedAndRecovers(int offset, Failure expected) {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        Commitment commitment = Envelope.parse(envelope).commitment();
        byte[] record = store.record(envelope).bytes();
        byte[] changed = record.clone();
        changed[offset] ^= 3;
        store.overwrite(commitment, changed);
        Keks.assertFailure(expected, () -> replica.decrypt(envelope, Keks.NOTE));
        Keks.assertFailure(expected, () -> replica.rewrap(envelope));
        Keks.assertFailure(expected, () -> replica.checkedHeader(envelope));
        store.overwrite(commitment, record);
        clock.advance(Duration.ofSeconds(5));
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void decrypt_kekVersionZeroInTheRecord_isMalformed() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] changed = store.record(envelope).bytes().clone();
        ByteBuffer.wrap(changed).putInt(8, 0);
        store.overwrite(Envelope.parse(envelope).commitment(), changed);
        Keks.assertFailure(Failure.MALFORMED, () -> replica.decrypt(envelope, Keks.NOTE));
    }

    @Test
    void decrypt_everyBitOfTheEnvelopeChanged_isANamedFailure() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        for (int bit = 0; bit < 8 * envelope.length; bit++) {
            byte[] changed = Keks.flipped(envelope, bit);
            assertThat(catchThrowable(() -> replica.decrypt(changed, Keks.NOTE)))
                    .isInstanceOf(EnvelopeException.class);
        }
        for (int length = 0; length < envelope.length; length++) {
            byte[] cut = Arrays.copyOf(envelope, length);
            Keks.assertFailure(
                    length < 65 ? Failure.MALFORMED : Failure.TAMPERED, () -> replica.decrypt(cut, Keks.NOTE));
        }
        Keks.assertFailure(Failure.TAMPERED, () -> replica.decrypt(envelope, Context.none()));
    }

    // ---- rotation

    @Test
    void rewrap_envelopeOfAnOldVersion_rewrapsTheRecordAndNothingElse() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] kept = envelope.clone();
        DataKeyRecord before = store.record(envelope);
        clock.advance(Duration.ofHours(3));
        ring.rotate(Keks.value(2));
        Rewrapped rewrapped = encryptor.rewrap(envelope);
        assertThat(rewrapped.changed()).isFalse();
        assertThat(rewrapped.bytes()).isSameAs(envelope).isEqualTo(kept);
        DataKeyRecord after = store.record(envelope);
        assertThat(after.key().header().kekVersion()).isEqualTo(2);
        assertThat(after.key().commitment()).isEqualTo(before.key().commitment());
        assertThat(Arrays.copyOfRange(after.bytes(), 12, 54)).isEqualTo(Arrays.copyOfRange(before.bytes(), 12, 54));
        assertThat(encryptor.checkedHeader(envelope).kekVersion()).isEqualTo(2);
        encryptor.rewrap(envelope);
        assertThat(store.record(envelope)).isEqualTo(after);
    }

    @Test
    void rotation_doneElsewhere_isSeenWhenTheOldVersionIsRefused() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        ring.rotate(Keks.value(2));
        encryptor.rewrap(envelope);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThat(replica.checkedHeader(envelope).kekVersion()).isEqualTo(2); // as the store says
        ring.move(1, VersionState.DESTROYED);
        ring.refresh();
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void revokedVersion_ofARecordNobodyRewrapped_isDisabledAndAskedForRarely() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        ring.rotate(Keks.value(2));
        ring.move(1, VersionState.REVOKED);
        ring.refresh();
        clock.advance(Duration.ofSeconds(5));
        int finds = store.finds();
        for (int i = 0; i < 10; i++) {
            Keks.assertFailure(Failure.DISABLED, () -> replica.decrypt(envelope, Keks.NOTE));
        }
        assertThat(store.finds() - finds).isEqualTo(1);
    }

    @Test
    void rewrap_anotherWriterFirst_readsAgainAndIsContent() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.rotate(Keks.value(2));
        store.beforeReplace(() -> {
            store.beforeReplace(() -> {});
            replica.rewrap(envelope);
        });
        encryptor.rewrap(envelope);
        assertThat(store.record(envelope).key().header().kekVersion()).isEqualTo(2);
    }

    @Test
    void rewrap_recordChangedSinceItWasRead_keepsTheChange() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        DataKeyRecord record = store.record(envelope);
        byte[] touched = record.bytes().clone();
        touched[19] ^= 1; // the date, which is bound by nothing
        ring.rotate(Keks.value(2));
        store.afterFind(() -> store.overwrite(record.commitment(), touched));
        encryptor.rewrap(envelope);
        assertThat(store.record(envelope).key().header().kekVersion()).isEqualTo(2);
        assertThat(store.record(envelope).bytes()[19]).isEqualTo(touched[19]);
    }

    @Test
    void rewrap_alwaysOvertaken_givesUpForNow() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        DataKeyRecord record = store.record(envelope);
        ring.rotate(Keks.value(2));
        int[] times = {0};
        store.beforeReplace(() -> {
            byte[] touched = record.bytes().clone();
            touched[19] = (byte) ++times[0]; // the date, which is bound by nothing
            store.overwrite(record.commitment(), touched);
        });
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.rewrap(envelope));
        assertThat(times[0]).isEqualTo(32);
        store.beforeReplace(() -> {});
        encryptor.rewrap(envelope);
        assertThat(store.record(envelope).key().header().kekVersion()).isEqualTo(2);
    }

    @Test
    void rewrap_bySixteenWriters_losesNoRecord() throws Exception {
        List<byte[]> envelopes = manyDataKeys(40);
        for (int version = 2; version <= 4; version++) {
            ring.rotate(Keks.value(version));
            Crowd.of(16).all(() -> {
                try (EnvelopeEncryptor own = builder().build()) {
                    envelopes.forEach(own::rewrap);
                }
                return true;
            });
            for (byte[] envelope : envelopes) {
                assertThat(store.record(envelope).key().header().kekVersion()).isEqualTo(version);
                assertThat(replica.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            }
        }
    }

    // ---- going over the store

    @Test
    void sweep_inBatches_rewrapsAllAndCountsByVersion() {
        manyDataKeys(5);
        ring.rotate(Keks.value(2));
        List<byte[]> newer = manyDataKeys(2);
        DataKeySweep counted = sweep(null, 100, false);
        assertThat(counted.counts()).containsOnly(entry(1, 5), entry(2, 2));
        assertThat(counted.rewrapped()).isZero();

        DataKeySweep first = encryptor.dataKeys().rewrap(null, 3);
        assertThat(first.next()).isPresent();
        DataKeySweep all = first.plus(sweep(first.next().orElseThrow(), 3, true)); // resumed by another replica
        assertThat(all.next()).isEmpty();
        assertThat(all.rewrapped()).isEqualTo(5);
        assertThat(all.counts()).containsOnly(entry(2, 7));
        assertThat(all.failures()).isEmpty();

        DataKeySweep again = sweep(null, 7, true);
        assertThat(again.rewrapped()).isZero();
        assertThat(again.counts()).containsOnly(entry(2, 7));
        assertThat(replica.decrypt(newer.get(0), Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void sweep_recordsThatDoNotOpen_areCountedAsFailures() {
        List<byte[]> envelopes = manyDataKeys(4);
        damage(envelopes.get(0), 0);
        damage(envelopes.get(1), 4);
        damage(envelopes.get(2), 60);
        ring.rotate(Keks.value(2));
        DataKeySweep swept = sweep(null, 2, true);
        assertThat(swept.counts()).containsOnly(entry(2, 1));
        assertThat(swept.failures())
                .containsOnly(
                        Map.entry(Failure.MALFORMED, 1L),
                        Map.entry(Failure.WRONG_RING, 1L),
                        Map.entry(Failure.TAMPERED, 1L));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001})
    void sweep_batchOutOfRange_isRefused(int most) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encryptor.dataKeys().rewrap(null, most));
    }

    @Test
    void sweep_storeDown_isUnavailable() {
        store.down(true);
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.dataKeys().rewrap(null, 10));
    }

    // ---- between the modes

    @Test
    void modes_thereAndBack_keepCommitmentAndPayload() {
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).dataKeyStore(store).build()) {
            byte[] full = inline.encrypt(Keks.HELLO, Keks.NOTE);
            byte[] brief = encryptor.rewrapping().toReference(full);
            assertThat(brief).hasSize(full.length - 50);
            assertThat(Arrays.copyOfRange(brief, 5, brief.length)).isEqualTo(Keks.payload(full));
            assertThat(replica.decrypt(brief, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(encryptor.rewrapping().toInline(brief)).isEqualTo(full);
            assertThat(encryptor.rewrapping().toInline(full)).isEqualTo(full);
            assertThat(encryptor.rewrapping().toReference(brief)).isSameAs(brief);
            assertThat(replica.rewrapping().toReference(inline.encrypt(new byte[3], Keks.NOTE)))
                    .hasSize(68); // the record is there already
            assertThat(store.scan(null, 10)).hasSize(1);
        }
    }

    @Test
    void modes_afterARotation_areUnderThePrimary() {
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).dataKeyStore(store).build()) {
            byte[] full = inline.encrypt(Keks.HELLO, Keks.NOTE);
            byte[] old = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            ring.rotate(Keks.value(2));
            byte[] brief = encryptor.rewrapping().toReference(full);
            assertThat(store.record(brief).key().header().kekVersion()).isEqualTo(2);
            assertThat(EnvelopeHeader.read(encryptor.rewrapping().toInline(old)).kekVersion())
                    .isEqualTo(2);
        }
    }

    @Test
    void toReference_forgedEnvelope_storesNothing() {
        try (EnvelopeEncryptor inline =
                EnvelopeEncryptor.builder(ring.rotating()).build()) {
            byte[] forged = Keks.flipped(inline.encrypt(Keks.HELLO, Keks.NOTE), 8 * 60);
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.rewrapping().toReference(forged));
            assertThat(store.scan(null, 1)).isEmpty();
        }
    }

    private EnvelopeEncryptor.Builder builder() {
        return EnvelopeEncryptor.builder(ring.rotating())
                .reference(store)
                .keySupply(KeySupply.standard().clock(clock))
                .ticker(clock);
    }

    private List<byte[]> manyDataKeys(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> encryptor.partition("p" + i).encrypt(Keks.HELLO, Keks.NOTE))
                .toList();
    }

    private void damage(byte[] envelope, int offset) {
        byte[] changed = store.record(envelope).bytes().clone();
        changed[offset] ^= 1;
        store.overwrite(Envelope.parse(envelope).commitment(), changed);
    }

    private DataKeySweep sweep(@Nullable Commitment after, int most, boolean rewrap) {
        DataKeys keys = replica.dataKeys();
        DataKeySweep sum = rewrap ? keys.rewrap(after, most) : keys.count(after, most);
        while (sum.next().isPresent()) {
            Commitment next = sum.next().get();
            sum = sum.plus(rewrap ? keys.rewrap(next, most) : keys.count(next, most));
        }
        return sum;
    }

    private static Map.Entry<KekVersion, Long> entry(int version, long count) {
        return Map.entry(new KekVersion(7, version), count);
    }
}
