package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.testing.FakeSecret;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever way a provider has to refuse, a changed envelope ends in the failure that the format names. */
@Tag("providers")
class ProviderRejectionTest {
    private static final int WRAPPED = 15;
    private static final int BODY = 87;

    @ParameterizedTest
    @MethodSource("dev.slipring.crypto.Providers#suites")
    void decrypt_changedWrappingCommitmentOrBody_isTampered(Providers.Choice choice, Suite suite) {
        byte[] envelope = Keks.envelope(suite, Keks.kek(7), Keks.HELLO);
        try (FakeSecret ring = Keks.ring(7);
                EnvelopeEncryptor encryptor = EnvelopeEncryptor.builder(ring.rotating())
                        .providers(choice.slots())
                        .build()) {
            assertThat(encryptor.decrypt(envelope, Keks.NOTE)).isEqualTo(Keks.HELLO);
            for (int bit = 8 * WRAPPED; bit < 8 * envelope.length; bit++) {
                byte[] changed = Keks.flipped(envelope, bit);
                assertThat(failure(encryptor, changed)).as("bit %d", bit).isEqualTo(Failure.TAMPERED);
            }
            for (int length = BODY; length < envelope.length; length++) {
                assertThat(failure(encryptor, Arrays.copyOf(envelope, length)))
                        .as("length %d", length)
                        .isEqualTo(length < BODY + suite.shortestBody() ? Failure.MALFORMED : Failure.TAMPERED);
            }
            Keks.assertFailure(Failure.TAMPERED, () -> encryptor.decrypt(envelope, Context.none()));
        }
    }

    private static Failure failure(EnvelopeEncryptor encryptor, byte[] envelope) {
        Throwable thrown = catchThrowable(() -> encryptor.decrypt(envelope, Keks.NOTE));
        assertThat(thrown).isInstanceOf(EnvelopeException.class);
        return ((EnvelopeException) thrown).failure();
    }
}
