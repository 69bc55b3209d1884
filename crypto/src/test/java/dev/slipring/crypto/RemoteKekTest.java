package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An encryptor whose KEKs somebody else holds. */
@Timeout(300)
class RemoteKekTest {
    private static final int CROWD = 1000;

    private final ManualClock clock = Keks.clock();
    private final FakeKeyService service = new FakeKeyService();
    private final FakeSecret ring = remoteRing(7, "notes:1");
    private final EnvelopeEncryptor encryptor = encryptor(KeySupply.standard());

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    // ---- what it does

    @Test
    void encrypt_underARemoteKey_opensAndNamesItsVersion() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertThat(envelope).hasSize(Keks.HELLO.length + 115 + 28); // the fake wraps to 68 bytes
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThat(encryptor.checkedHeader(envelope)).isEqualTo(new EnvelopeHeader(1, 7, 1));
        assertThat(service.wraps()).isEqualTo(1);
        assertThat(service.unwraps()).isEqualTo(1);
    }

    @Test
    void rotation_toAnotherRemoteKey_rewrapsAndNeedsTheOldNoMore() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.rotate(FakeKeyService.reference("notes:2"));
        Rewrapped moved = encryptor.rewrap(envelope);
        assertThat(moved.changed()).isTrue();
        ring.move(1, VersionState.REVOKED);
        ring.refresh();
        assertThat(encryptor.decrypt(moved.bytes(), Keks.NOTE)).isEqualTo(Keks.HELLO);
        int calls = service.unwraps();
        Keks.assertFailure(Failure.DISABLED, () -> encryptor.decrypt(envelope, Keks.NOTE));
        assertThat(service.unwraps()).isEqualTo(calls); // a version that is gone costs no call
    }

    @Test
    void rewrap_manyRowsUnderOneDataKey_costsOneUnwrapAndOneWrap() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] other = encryptor.encrypt(new byte[9], Keks.NOTE);
        ring.rotate(FakeKeyService.reference("notes:2"));
        int wraps = service.wraps();
        for (int row = 0; row < 100; row++) {
            assertThat(encryptor.rewrap(row % 2 == 0 ? envelope : other).changed())
                    .isTrue();
        }
        assertThat(service.unwraps()).isEqualTo(1);
        assertThat(service.wraps() - wraps).isEqualTo(1);
    }

    @Test
    void rewrap_fromALocalRing_movesToTheRemoteOne() {
        try (FakeSecret local = Keks.ring(8);
                EnvelopeEncryptor before =
                        EnvelopeEncryptor.builder(local.rotating()).build();
                EnvelopeEncryptor both = EnvelopeEncryptor.builder(ring.rotating(), service)
                        .alsoOpens(local.rotating())
                        .build();
                EnvelopeEncryptor back = EnvelopeEncryptor.builder(local.rotating())
                        .alsoOpens(ring.rotating(), service)
                        .build()) {
            byte[] envelope = before.encrypt(Keks.HELLO, Keks.NOTE);
            byte[] moved = both.rewrap(envelope).bytes();
            assertThat(EnvelopeHeader.read(moved).ringId()).isEqualTo(7);
            assertThat(encryptor.decrypt(moved, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(back.rewrap(moved).bytes()).isEqualTo(envelope);
        }
    }

    @Test
    void build_valueOfAnyLength_isAReference() {
        try (FakeSecret brief = remoteRing(9, "k")) {
            assertThatThrownBy(() -> EnvelopeEncryptor.builder(brief.rotating()).build())
                    .isInstanceOf(IllegalArgumentException.class);
            try (EnvelopeEncryptor fine =
                    EnvelopeEncryptor.builder(brief.rotating(), service).build()) {
                assertThat(fine.encrypt(Keks.HELLO, Keks.NOTE)).isNotEmpty();
            }
        }
    }

    // ---- what it refuses

    @Test
    void decrypt_everyBitOfTheHeaderChanged_isANamedFailure() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        for (int bit = 0; bit < 8 * (15 + 68 + 32); bit++) {
            byte[] changed = Keks.flipped(envelope, bit);
            assertThatThrownBy(() -> encryptor.decrypt(changed, Keks.NOTE)).isInstanceOf(EnvelopeException.class);
        }
    }

    @Test
    void decrypt_wrappedByTheSameKeyForAnotherRing_isTampered() {
        try (FakeSecret other = remoteRing(8, "notes:1");
                EnvelopeEncryptor elsewhere =
                        EnvelopeEncryptor.builder(other.rotating(), service).build()) {
            byte[] moved = elsewhere.encrypt(Keks.HELLO, Keks.NOTE);
            ByteBuffer.wrap(moved).putInt(5, 7);
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(moved, Keks.NOTE));
        }
    }

    @Test
    void decrypt_localWrappingInARemoteRing_isPutToTheRemoteKey() {
        byte[] forged = Keks.envelope(Suite.AES_256_GCM, Keks.kek(7), Keks.HELLO);
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(forged, Keks.NOTE));
        assertThat(service.unwraps()).isEqualTo(1);
    }

    @Test
    void decrypt_refusedDataKey_isNotPutToTheServiceAgainForAWhile() {
        byte[] forged = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        forged[40] ^= 1;
        for (int i = 0; i < 5; i++) {
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(forged, Keks.NOTE));
        }
        assertThat(service.unwraps()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(5));
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(forged, Keks.NOTE));
        assertThat(service.unwraps()).isEqualTo(2);
    }

    @Test
    void reference_thatNamesNoKey_isUnavailable() {
        ring.rotate(FakeKeyService.reference("no-key"));
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.encrypt(Keks.HELLO, Keks.NOTE));
    }

    // ---- a crowd

    @Test
    void coldCache_thousandThreads_isOneCall() throws Exception {
        byte[] envelope;
        try (EnvelopeEncryptor other =
                EnvelopeEncryptor.builder(ring.rotating(), service).build()) {
            envelope = other.encrypt(Keks.HELLO, Keks.NOTE);
        }
        assertThat(Crowd.of(CROWD).all(() -> encryptor.decrypt(envelope, Keks.NOTE)))
                .hasSize(CROWD)
                .allMatch(plaintext -> Arrays.equals(plaintext, Keks.HELLO));
        assertThat(service.unwraps()).isEqualTo(1);
    }

    @Test
    void coldEncryptor_thousandThreads_isOneCall() throws Exception {
        assertThat(Crowd.of(CROWD).all(() -> encryptor.encrypt(Keks.HELLO, Keks.NOTE)))
                .hasSize(CROWD);
        assertThat(service.wraps()).isEqualTo(1);
    }

    @Test
    void rewrap_crowdOnAnOpenedKey_isOneMoreCallEach() throws Exception {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.decrypt(envelope, Keks.NOTE);
        ring.rotate(FakeKeyService.reference("notes:2"));
        Crowd.of(64).all(() -> encryptor.rewrap(envelope));
        assertThat(service.unwraps()).isEqualTo(2);
        assertThat(service.wraps()).isEqualTo(2);
    }

    // ---- an outage

    @Test
    void outage_coldKey_isUnavailableAndThenRecovers() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        service.down(true);
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.decrypt(envelope, Keks.NOTE));
        service.down(false);
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void outage_atAnyTime_isCoveredForTheBudget() {
        Duration budget = Duration.ofMinutes(40);
        try (EnvelopeEncryptor covered = encryptor(KeySupply.standard().outageBudget(budget))) {
            assertThat(covered.dataKeys().outageBudget()).isEqualTo(budget);
            assertThat(covered.dataKeys().lasting()).isZero();
            covered.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(covered.dataKeys().lasting()).isEqualTo(Duration.ofHours(1));
            clock.advance(Duration.ofMinutes(20).minusNanos(1));
            covered.encrypt(Keks.HELLO, Keks.NOTE);
            service.down(true); // just before the next key is due
            for (int minute = 0; minute < 40; minute++) {
                covered.encrypt(Keks.HELLO, Keks.NOTE);
                clock.advance(Duration.ofMinutes(1));
            }
            covered.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(covered.dataKeys().lasting()).isEqualTo(Duration.ofNanos(1));
            clock.advance(Duration.ofNanos(1));
            assertThat(covered.dataKeys().lasting()).isZero();
            Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> covered.encrypt(Keks.HELLO, Keks.NOTE));
            service.down(false);
            assertThat(covered.encrypt(Keks.HELLO, Keks.NOTE)).isNotEmpty();
        }
    }

    @Test
    void outageBudget_unlessTold_isAFifthOfTheAge() {
        assertThat(encryptor.dataKeys().outageBudget()).isEqualTo(Duration.ofMinutes(12));
        assertThatThrownBy(() -> encryptor(KeySupply.standard().outageBudget(Duration.ofHours(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT1H");
    }

    @Test
    void hangingCall_holdsUpItsKeyForThePatienceAndNothingElse() throws Exception {
        byte[] known = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (EnvelopeEncryptor brief = encryptor(KeySupply.standard().patience(Duration.ofMillis(20)))) {
            assertThat(brief.decrypt(known, Keks.NOTE)).isEqualTo(Keks.HELLO);
            byte[] cold = encryptor.partition("other").encrypt(Keks.HELLO, Keks.NOTE);
            CountDownLatch gate = service.hang();
            Future<byte[]> opening = threads.submit(() -> brief.decrypt(cold, Keks.NOTE));
            Future<byte[]> sealing = threads.submit(() -> brief.encrypt(Keks.HELLO, Keks.NOTE));
            while (service.hanging() < 2) {
                Thread.onSpinWait();
            }
            Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> brief.decrypt(cold, Keks.NOTE));
            Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> brief.encrypt(Keks.HELLO, Keks.NOTE));
            assertThat(brief.decrypt(known, Keks.NOTE)).isEqualTo(Keks.HELLO);
            ring.rotate(FakeKeyService.reference("notes:2")); // a refresh is not held up either
            assertThat(brief.decrypt(known, Keks.NOTE)).isEqualTo(Keks.HELLO);
            gate.countDown();
            assertThat(opening.get()).isEqualTo(Keks.HELLO);
            assertThat(EnvelopeHeader.read(sealing.get()).kekVersion()).isEqualTo(2);
        } finally {
            threads.shutdownNow();
        }
    }

    private EnvelopeEncryptor encryptor(KeySupply supply) {
        return EnvelopeEncryptor.builder(ring.rotating(), service)
                .keySupply(supply)
                .ticker(clock)
                .build();
    }

    private static FakeSecret remoteRing(int ringId, String key) {
        return FakeSecret.create(
                "kek-" + ringId, Keks.clock(), ringId, FakeSecret.timing(), FakeKeyService.reference(key));
    }
}
