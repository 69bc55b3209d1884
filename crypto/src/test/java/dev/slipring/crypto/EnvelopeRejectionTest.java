package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** At least one envelope for every check, and for every way to change a good one. */
class EnvelopeRejectionTest {
    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();
    private final byte[] envelope = encryptor.encrypt(Keks.HELLO, Keks.NOTE);

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0xF4, MALFORMED", // magic
        "1, 0x54, MALFORMED",
        "2, 0x02, UNSUPPORTED", // a newer format
        "2, 0x00, UNSUPPORTED",
        "3, 0x00, UNSUPPORTED", // suites
        "3, 0x05, UNSUPPORTED",
        "3, 0xFF, UNSUPPORTED",
        "4, 0x01, UNSUPPORTED", // modes
        "4, 0x02, UNSUPPORTED",
        "8, 0x08, WRONG_RING",
        "12, 0x00, MALFORMED", // KEK version 0
        "12, 0x02, UNKNOWN_VERSION",
        "9, 0x80, UNKNOWN_VERSION", // beyond 31 bits
        "13, 0x10, MALFORMED", // n over 4096
        "13, 0xFF, MALFORMED",
        "14, 0x20, MALFORMED", // n = 32
        "14, 0x29, MALFORMED", // n = 41
        "15, 0x00, TAMPERED", // wrapped DEK
        "55, 0x00, TAMPERED", // commitment
        "87, 0x00, TAMPERED", // IV
        "99, 0x00, TAMPERED", // ciphertext
        "128, 0x00, TAMPERED" // tag
    })
    void decrypt_oneByteChanged_failsAsNamed(int offset, String value, Failure expected) {
        byte[] changed = envelope.clone();
        byte with = (byte) Integer.decode(value).intValue();
        changed[offset] = changed[offset] == with ? (byte) (with + 1) : with;
        assertThat(failureOf(changed)).isEqualTo(expected);
    }

    @Test
    void decrypt_severalFaults_reportsTheFirstCheck() {
        byte[] bad = envelope.clone();
        bad[120] ^= 1;
        assertThat(failureOf(bad)).isEqualTo(Failure.TAMPERED);
        bad[13] = 0;
        bad[14] = 39; // n is no local key's: found when unwrapping, after ring and version
        assertThat(failureOf(bad)).isEqualTo(Failure.MALFORMED);
        bad[12] = 9;
        assertThat(failureOf(bad)).isEqualTo(Failure.UNKNOWN_VERSION);
        bad[8] = 99;
        assertThat(failureOf(bad)).isEqualTo(Failure.WRONG_RING);
        bad[4] = 1;
        assertThat(failureOf(bad)).isEqualTo(Failure.UNSUPPORTED);
        bad[0] = 0;
        assertThat(failureOf(bad)).isEqualTo(Failure.MALFORMED);
    }

    @Test
    void decrypt_anotherContext_isTampered() {
        for (Context other : new Context[] {
            Context.none(),
            Context.of("table", "notes", "column", "body", "id", "43"),
            Context.of("table", "notes", "column", "body"),
            Context.of("table", "notes", "column", "body", "ID", "42")
        }) {
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(envelope, other));
        }
    }

    @Test
    void decrypt_ringOfAnotherEncryptor_isWrongRing() {
        try (FakeSecret other = Keks.ring(8);
                EnvelopeEncryptor stranger =
                        EnvelopeEncryptor.builder(other.rotating()).build()) {
            Keks.assertFailure(Failure.WRONG_RING, () -> stranger.decrypt(envelope, Keks.NOTE));
            Keks.assertFailure(Failure.WRONG_RING, () -> stranger.rewrap(envelope));
            Keks.assertFailure(Failure.WRONG_RING, () -> stranger.checkedHeader(envelope));
        }
    }

    @Test
    void decrypt_headersSwappedBetweenTwoEnvelopes_isTampered() {
        ring.rotate(Keks.value(2));
        byte[] other = encryptor.encrypt(Keks.HELLO, Keks.NOTE);
        for (int end : new int[] {55, 87, 99}) { // up to the wrapped key; to the commitment; to the IV
            assertThat(failureOf(spliced(envelope, other, end))).isEqualTo(Failure.TAMPERED);
            assertThat(failureOf(spliced(other, envelope, end))).isEqualTo(Failure.TAMPERED);
        }
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.rewrap(spliced(other, envelope, 55)));
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.checkedHeader(spliced(envelope, other, 55)));
    }

    @Test
    void decrypt_unknownVersion_asksForARefreshAndThenOpens() {
        try (FakeSecret ahead = Keks.ring(7);
                EnvelopeEncryptor other =
                        EnvelopeEncryptor.builder(ahead.rotating()).build()) {
            ahead.rotate(Keks.value(2));
            byte[] newer = other.encrypt(Keks.HELLO, Keks.NOTE);
            ring.publish(Keks.value(2));
            int loads = ring.loads();
            assertThat(failureOf(newer)).isEqualTo(Failure.UNKNOWN_VERSION);
            ring.scheduler().runDue();
            assertThat(ring.loads()).isEqualTo(loads + 1);
            assertThat(encryptor.decrypt(newer, Keks.NOTE)).isEqualTo(Keks.HELLO);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "STAGED, UNKNOWN_VERSION",
        "REVOKING, DISABLED",
        "REVOKED, DISABLED",
        "DESTROYED, DESTROYED",
    })
    void decrypt_stateOfTheVersion_countsAlsoForACachedDataKey(VersionState state, Failure expected) {
        assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
        ring.rotate(Keks.value(2));
        ring.move(1, state);
        ring.refresh();
        assertThat(failureOf(envelope)).isEqualTo(expected);
        Keks.assertFailure(expected, () -> encryptor.rewrap(envelope));
    }

    @Test
    void unwrap_keyThatIsNoDek_isTampered() {
        Kek kek = Keks.kek(7);
        for (int length = 25; length < 32; length++) {
            byte[] forged = envelope.clone();
            System.arraycopy(kek.wrap(new byte[length]), 0, forged, 15, 40);
            assertThat(failureOf(forged)).isEqualTo(Failure.TAMPERED);
        }
    }

    @Test
    void decrypt_commitmentOfAnotherKey_isRefusedBeforeGcm() {
        // A valid wrapping and a body made with it, under a commitment that is not the key's.
        Kek kek = Keks.kek(7);
        byte[] dek = Keks.value(5);
        byte[] forged = Keks.dataKey(Suite.AES_256_GCM, dek)
                .seal(Envelope.prefix(Suite.AES_256_GCM, kek, kek.wrap(dek), new byte[32]), Keks.HELLO, Keks.NOTE);
        assertThat(failureOf(forged)).isEqualTo(Failure.TAMPERED);
        Keks.assertFailure(Failure.TAMPERED, () -> encryptor.rewrap(forged));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "e1", "e1.", "e1.!", "e2.9VMB", "E1.9VMB", "9VMB", "e1.9VM B", "e1.é", "e1.A"})
    void decryptText_noEnvelope_isMalformed(String text) {
        Keks.assertFailure(Failure.MALFORMED, () -> encryptor.decryptText(text, Keks.NOTE));
    }

    @Test
    void decryptText_anotherSpellingOfTheSameBytes_isMalformed() {
        byte[] longer = encryptor.encrypt(new byte[17], Keks.NOTE); // 132 bytes: no slack bits, no padding
        byte[] slack = encryptor.encrypt(new byte[18], Keks.NOTE); // 133 bytes: four slack bits
        String text = EnvelopeText.write(slack);
        char last = text.charAt(text.length() - 1);
        for (String other : new String[] {
            text + "==", text + "=", text.substring(0, text.length() - 1) + (char) (last + 1), text + "\n", " " + text
        }) {
            Keks.assertFailure(Failure.MALFORMED, () -> encryptor.decryptText(other, Keks.NOTE));
        }
        Keks.assertFailure(Failure.MALFORMED, () -> encryptor.decryptText(standardBase64(longer), Keks.NOTE));
    }

    @Test
    void decrypt_plaintext_isMalformed() {
        assertThat(failureOf("not an envelope at all".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Failure.MALFORMED);
    }

    private static String standardBase64(byte[] bytes) {
        ByteBuffer odd = ByteBuffer.wrap(bytes.clone()).putShort(120, (short) 0xFFFF);
        return "e1." + Base64.getEncoder().encodeToString(odd.array());
    }

    private static byte[] spliced(byte[] head, byte[] tail, int at) {
        byte[] out = tail.clone();
        System.arraycopy(head, 0, out, 0, at);
        return out;
    }

    /** The failure of opening {@code bytes}; any other outcome fails the test. */
    private Failure failureOf(byte[] bytes) {
        Throwable thrown = catchThrowable(() -> encryptor.decrypt(bytes, Keks.NOTE));
        assertThat(thrown).isInstanceOf(EnvelopeException.class);
        return ((EnvelopeException) thrown).failure();
    }
}
