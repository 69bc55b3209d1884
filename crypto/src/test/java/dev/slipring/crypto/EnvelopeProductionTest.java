package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What encrypting leaves behind as evidence, and when nothing may be encrypted. */
class EnvelopeProductionTest {
    private static final Duration L = FakeSecret.timing().get(TimingParameter.STALENESS);

    // ---- what is noted

    @Test
    void encrypt_eachMessage_isAUseOfThePrimary() {
        try (FakeSecret ring = Keks.ring(7);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating()).build()) {
            assertThat(used(ring)).isEmpty();
            encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(used(ring)).containsExactly(1);
            ring.rotate(Keks.value(2));
            assertThat(used(ring)).containsExactly(1);
            encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(used(ring)).containsExactly(1, 2);
        }
    }

    @Test
    void opening_underAnyVersion_isNoUse() {
        try (FakeSecret ring = Keks.ring(7);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating()).build()) {
            byte[] envelope = other(ring);
            ring.rotate(Keks.value(2));
            encryptor.decrypt(envelope, Keks.NOTE);
            encryptor.checkedHeader(envelope);
            assertThat(used(ring)).isEmpty();
        }
    }

    @Test
    void rewrap_thatMovesAnEnvelope_isAUseOfThePrimary() {
        try (FakeSecret ring = Keks.ring(7);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating()).build()) {
            byte[] envelope = other(ring);
            assertThat(encryptor.rewrap(envelope).changed()).isFalse();
            assertThat(used(ring)).isEmpty();
            ring.rotate(Keks.value(2));
            assertThat(encryptor.rewrap(envelope).changed()).isTrue();
            assertThat(used(ring)).containsExactly(2);
        }
    }

    @Test
    void rewrap_fromAnotherRing_isAUseOfTheRingThatEncrypts() {
        try (FakeSecret from = Keks.ring(7);
                FakeSecret to = Keks.ring(8);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(to.rotating())
                        .alsoOpens(from.rotating())
                        .build()) {
            encryptor.rewrap(other(from));
            assertThat(used(to)).containsExactly(1);
            assertThat(used(from)).isEmpty();
        }
    }

    // ---- when nothing may be encrypted

    @Test
    void staleView_ofASecretThatStops_refusesToEncryptAndOpensOn() {
        try (FakeSecret ring = stopping();
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(ring.rotating()).build()) {
            byte[] old = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            ring.rotate(Keks.value(2));
            byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
            ring.outage(true);
            ring.scheduler().advance(L);
            assertThat(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).isNotEmpty();

            ring.scheduler().advance(Duration.ofNanos(1));
            assertThatExceptionOfType(StaleKeyringException.class)
                    .isThrownBy(() -> encryptor.encrypt(Keks.HELLO, Keks.NOTE));
            assertThatExceptionOfType(StaleKeyringException.class)
                    .isThrownBy(() -> encryptor.encryptToText(Keks.HELLO, Keks.NOTE));
            assertThatExceptionOfType(StaleKeyringException.class).isThrownBy(() -> encryptor.rewrap(old));
            assertThat(encryptor.rewrap(envelope).changed()).isFalse();
            assertThat(encryptor.decrypt(old, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(encryptor.checkedHeader(envelope).kekVersion()).isEqualTo(2);

            ring.outage(false);
            ring.refresh();
            assertThat(encryptor.rewrap(old).changed()).isTrue();
            assertThat(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).isNotEmpty();
        }
    }

    @Test
    void staleView_ofAnotherRing_doesNotKeepTheFirstFromEncrypting() {
        try (FakeSecret stale = stopping();
                FakeSecret ring = Keks.ring(8);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring.rotating())
                        .alsoOpens(stale.rotating())
                        .build()) {
            byte[] old = other(stale);
            stale.outage(true);
            stale.scheduler().advance(L.plusNanos(1));
            assertThat(encryptor.rewrap(old).changed()).isTrue();
            assertThat(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).isNotEmpty();
        }
    }

    private static FakeSecret stopping() {
        return FakeSecret.createStopping("kek", Keks.clock(), Keks.value(1));
    }

    /** An envelope that another replica made: one whose secret has the same first value. */
    private static byte[] other(FakeSecret ring) {
        int ringId = ring.rotating().keyring().edition().ringId();
        byte[] first = ring.rotating().primary().value().copyBytes();
        try (FakeSecret elsewhere = FakeSecret.create("elsewhere", Keks.clock(), ringId, FakeSecret.timing(), first);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(elsewhere.rotating()).build()) {
            return encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        }
    }

    private static Set<Integer> used(FakeSecret ring) {
        ring.refresh();
        return ring.report().lastUse().keySet();
    }
}
