package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.testing.FakeSecret;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to change a small envelope, for every suite: each ends in the one failure that the format names. */
class SuiteRejectionTest {
    private static final int COMMITMENT = 55;
    private static final int BODY = 87;

    private final FakeSecret ring = Keks.ring(7);
    private final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(ring.rotating()).build();

    @AfterEach
    void close() {
        encryptor.close();
        ring.close();
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_unchanged_opens(Suite suite) {
        assertThat(encryptor.decrypt(envelope(suite), Keks.NOTE)).isEqualTo(Keks.HELLO);
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_everySingleBitFlip_failsAsItsPlaceSays(Suite suite) {
        byte[] envelope = envelope(suite);
        for (int bit = 0; bit < 8 * envelope.length; bit++) {
            byte[] changed = Keks.flipped(envelope, bit);
            assertThat(failureOf(changed)).as("bit %d", bit).isEqualTo(expected(changed, bit / 8));
        }
    }

    private static Failure expected(byte[] changed, int offset) {
        return switch (offset) {
            case 0, 1 -> Failure.MALFORMED;
            case 2, 4 -> Failure.UNSUPPORTED;
            case 3 -> afterSuite(changed);
            case 5, 6, 7, 8 -> Failure.WRONG_RING;
            case 9, 10, 11, 12 -> changed[12] == 0 ? Failure.MALFORMED : Failure.UNKNOWN_VERSION;
            case 13, 14 -> Failure.MALFORMED;
            default -> Failure.TAMPERED;
        };
    }

    /** Another suite has another commitment, if the length allows it at all. */
    private static Failure afterSuite(byte[] changed) {
        for (Suite suite : Suite.values()) {
            if (suite.id() == changed[3]) {
                return changed.length - BODY < suite.shortestBody() ? Failure.MALFORMED : Failure.TAMPERED;
            }
        }
        return Failure.UNSUPPORTED;
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_everyTruncationAndAByteMore_isMalformedUpToTheBodyAndTamperedAfter(Suite suite) {
        byte[] envelope = envelope(suite);
        for (int length = 0; length < envelope.length; length++) {
            assertThat(failureOf(Arrays.copyOf(envelope, length)))
                    .as("length %d", length)
                    .isEqualTo(length < BODY + suite.shortestBody() ? Failure.MALFORMED : Failure.TAMPERED);
        }
        assertThat(failureOf(Arrays.copyOf(envelope, envelope.length + 1))).isEqualTo(Failure.TAMPERED);
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_anotherContext_isTampered(Suite suite) {
        byte[] envelope = envelope(suite);
        for (Context other : new Context[] {
            Context.none(), Context.of("table", "notes", "column", "body", "id", "43"), Context.of("table", "notes")
        }) {
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(envelope, other));
        }
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_partsOfOtherSuitesOfOneDataKey_areTampered(Suite suite) {
        byte[] envelope = Keks.envelope(suite, Keks.kek(7), new byte[100]);
        for (Suite other : Suite.values()) {
            if (other != suite) {
                byte[] from = Keks.envelope(other, Keks.kek(7), new byte[100]);
                byte[] byId = envelope.clone();
                byId[3] = other.id();
                assertThat(failureOf(byId)).isEqualTo(Failure.TAMPERED);
                Keks.assertFailure(Failure.TAMPERED, () -> encryptor.rewrap(byId));
                Keks.assertFailure(Failure.TAMPERED, () -> encryptor.checkedHeader(byId));
                assertThat(failureOf(spliced(from, envelope, BODY))).isEqualTo(Failure.TAMPERED);
                byte[] commitment = envelope.clone();
                System.arraycopy(from, COMMITMENT, commitment, COMMITMENT, BODY - COMMITMENT);
                assertThat(failureOf(commitment)).isEqualTo(Failure.TAMPERED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_bodyOfAnotherDataKeyUnderAGoodHeader_isTampered(Suite suite) {
        byte[] other =
                Keks.dataKey(suite, Keks.value(98)).seal(Arrays.copyOf(envelope(suite), BODY), Keks.HELLO, Keks.NOTE);
        assertThat(failureOf(other)).isEqualTo(Failure.TAMPERED);
    }

    @ParameterizedTest
    @EnumSource
    void decrypt_longerThanAnyPlaintextAllows_isMalformedBeforeAnythingIsUnwrapped(Suite suite) {
        byte[] longest = Arrays.copyOf(envelope(suite), BODY + suite.bodyLength(Envelope.MAX_PLAINTEXT));
        longest[8] = 9; // a ring that is not there: what is looked at after the size
        assertThat(failureOf(longest)).isEqualTo(Failure.WRONG_RING);
        assertThat(failureOf(Arrays.copyOf(longest, longest.length + 1))).isEqualTo(Failure.MALFORMED);
    }

    private static byte[] envelope(Suite suite) {
        return Keks.envelope(suite, Keks.kek(7), Keks.HELLO);
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
