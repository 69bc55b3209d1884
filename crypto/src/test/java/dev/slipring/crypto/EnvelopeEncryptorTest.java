package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeEncryptorTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, 4096, 16 * 1024})
    void encrypt_anyLength_opensAndCosts115Bytes(int length) {
        byte[] plaintext = new byte[length];
        new Random(length).nextBytes(plaintext);
        byte[] envelope = encryptor.encrypt(plaintext, Keks.NOTE);
        assertThat(envelope).hasSize(length + 115);
        assertThat(Arrays.equals(encryptor.decrypt(envelope, Keks.NOTE), plaintext))
                .isTrue();
    }

    @Test
    void encrypt_longestPlaintext_opensAndOneByteMoreIsRefused() {
        byte[] longest = new byte[EnvelopeEncryptor.MAX_PLAINTEXT];
        byte[] envelope = encryptor.encrypt(longest, Context.none());
        assertThat(Arrays.equals(encryptor.decrypt(envelope, Context.none()), longest))
                .isTrue();
        assertThatThrownBy(() -> encryptor.encrypt(new byte[longest.length + 1], Context.none()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("67108865");
        Keks.assertFailure(
                Failure.MALFORMED,
                () -> encryptor.decrypt(Arrays.copyOf(envelope, envelope.length + 1), Context.none()));
    }

    @Test
    void encrypt_sameTwice_givesTwoIvsUnderOneDataKey() {
        byte[] first = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        byte[] second = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        assertThat(Arrays.copyOf(first, 87)).isEqualTo(Arrays.copyOf(second, 87));
        assertThat(Arrays.copyOfRange(first, 87, 99)).isNotEqualTo(Arrays.copyOfRange(second, 87, 99));
    }

    @Test
    void encryptToText_anyPlaintext_isE1Base64UrlAndOpens() {
        String text = encryptor.encryptToText(Keks.HELLO, Keks.NOTE);
        assertThat(text).matches("e1\\.[A-Za-z0-9_-]+");
        assertThat(encryptor.decryptText(text, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void decrypt_compromisedButAcceptedVersion_goesOn() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.compromise(1);
        ring.rotate(Keks.value(2));
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @Test
    void decrypt_publishedVersion_opensBeforeItIsPromoted() {
        try (FakeSecret ahead = Keks.ring(7);
                EnvelopeEncryptor other =
                        EnvelopeEncryptor.builder(ahead.rotating()).build()) {
            ahead.rotate(Keks.value(2));
            ring.publish(Keks.value(2));
            ring.refresh();
            byte[] envelope = other.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    @Test
    void decrypt_outageOfTheStore_goesOnWithTheLastKeyring() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.outage(true);
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        assertThat(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).isNotNull();
    }

    @Test
    void alsoOpens_envelopeOfTheOtherRing_opensAndMovesOnRewrap() {
        try (FakeSecret old = Keks.ring(3);
                EnvelopeEncryptor before =
                        EnvelopeEncryptor.builder(old.rotating()).build();
                EnvelopeEncryptor both = EnvelopeEncryptor.builder(ring.rotating())
                        .alsoOpens(old.rotating())
                        .build()) {
            byte[] envelope = before.encrypt(Keks.HELLO, Keks.NOTE);
            assertThat(both.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            assertThat(EnvelopeHeader.read(both.encrypt(Keks.HELLO, Keks.NOTE)).ringId())
                    .isEqualTo(7);
            Rewrapped moved = both.rewrap(envelope);
            assertThat(encryptor.decrypt(moved.bytes(), Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    @Test
    void build_shortValue_isRefused() {
        try (FakeSecret weak = FakeSecret.create("weak", Keks.clock(), new byte[31])) {
            assertThatThrownBy(() -> EnvelopeEncryptor.builder(weak.rotating()).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weak version 1 has 31 bytes");
        }
    }

    @Test
    void build_twoSecretsOfOneRingId_isRefused() {
        try (FakeSecret same = Keks.ring(7)) {
            EnvelopeEncryptor.Builder builder =
                    EnvelopeEncryptor.builder(ring.rotating()).alsoOpens(same.rotating());
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ring id 7");
        }
    }

    @Test
    void rotation_toAShortValue_leavesTheOldVersionOpening() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        ring.rotate(new byte[16]);
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.encrypt(Keks.HELLO, Keks.NOTE));
        Keks.assertFailure(Failure.KEY_UNAVAILABLE, () -> encryptor.rewrap(envelope));
        ring.rotate(Keks.value(3));
        assertThat(EnvelopeHeader.read(encryptor.encrypt(Keks.HELLO, Keks.NOTE)).kekVersion())
                .isEqualTo(3);
    }

    @Test
    void kek_wiped_saysSoHoweverOftenItIsAsked() {
        Kek kek = Keks.kek(1);
        kek.wipe();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> kek.wrap(Keks.value(2))).isInstanceOf(AesKey.Wiped.class);
        }
    }

    @Test
    void use_whileVersionsComeAndGo_opensOrSaysDisabled() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Callable<Integer> user = () -> {
            int opened = 0;
            while (!over.get()) {
                byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
                try {
                    byte[] moved = encryptor.rewrap(envelope).bytes();
                    assertThat(encryptor.decrypt(moved, Keks.NOTE)).isEqualTo(Keks.HELLO);
                    opened++;
                } catch (EnvelopeException e) {
                    assertThat(e.failure()).isEqualTo(Failure.DISABLED);
                }
            }
            return opened;
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> users =
                    List.of(threads.submit(user), threads.submit(user), threads.submit(user), threads.submit(user));
            for (int version = 2; version < 300; version++) {
                ring.rotate(Keks.value(version));
                ring.move(version - 1, VersionState.REVOKED);
                ring.refresh();
            }
            over.set(true);
            for (Future<Integer> each : users) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void close_thenAnyUse_isRefused() {
        byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        encryptor.close();
        encryptor.close();
        assertThatThrownBy(() -> encryptor.encrypt(Keks.HELLO, Keks.NOTE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encryptor.decrypt(envelope, Keks.NOTE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encryptor.rewrap(envelope)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encryptor.checkedHeader(envelope)).isInstanceOf(IllegalStateException.class);
    }
}
