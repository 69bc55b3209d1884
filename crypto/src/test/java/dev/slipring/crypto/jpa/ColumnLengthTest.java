package dev.slipring.crypto.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeEncryptor.Builder;
import dev.slipring.crypto.Keks;
import dev.slipring.store.InMemoryDataKeyStore;
import dev.slipring.testing.FakeSecret;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The lengths that the package documentation gives. */
class ColumnLengthTest {
    @Test
    void envelope_ofAShortAttribute_isSoMuchLonger() {
        for (int length : new int[] {0, 1, 2, 3, 255, 16_384}) {
            assertLengths(each -> each, length, length + 115);
            assertLengths(Builder::sharedDataKeys, length, length + 131);
            assertLengths(Builder::repeatableRandomness, length, length + 115);
            assertLengths(each -> each.reference(InMemoryDataKeyStore.create()), length, length + 65);
        }
    }

    @Test
    void envelope_ofALongAttribute_hasSixteenBytesMoreForEachChunk() {
        for (int length : new int[] {16_385, 32_767, 32_768, 100_000}) {
            int chunks = length / 16_384 + 1;
            assertLengths(each -> each, length, length + 143 + 16 * chunks);
            assertLengths(Builder::sharedDataKeys, length, length + 143 + 16 * chunks);
            assertLengths(Builder::repeatableRandomness, length, length + 115);
            assertLengths(each -> each.reference(InMemoryDataKeyStore.create()), length, length + 93 + 16 * chunks);
        }
    }

    @Test
    void varchar255_holds74Bytes() {
        try (FakeSecret kek = Keks.ring(1);
                EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(kek.rotating()).build()) {
            var converter = new EncryptedTextConverter(() -> encryptor, Keks.NOTE);
            assertThat(converter.convertToDatabaseColumn("x".repeat(74))).hasSize(255);
            assertThat(converter.convertToDatabaseColumn("x".repeat(75))).hasSizeGreaterThan(255);
            assertThat(converter.convertToDatabaseColumn("世".repeat(24))).hasSizeLessThanOrEqualTo(255);
            assertThat(converter.convertToDatabaseColumn("世".repeat(25))).hasSizeGreaterThan(255);
        }
    }

    private static void assertLengths(UnaryOperator<Builder> told, int length, int bytes) {
        try (FakeSecret kek = Keks.ring(1);
                EnvelopeEncryptor encryptor =
                        told.apply(EnvelopeEncryptor.builder(kek.rotating())).build()) {
            String text = "x".repeat(length);
            assertThat(new EncryptedTextToBytesConverter(() -> encryptor, Keks.NOTE).convertToDatabaseColumn(text))
                    .hasSize(bytes);
            assertThat(new EncryptedBytesConverter(() -> encryptor, Keks.NOTE)
                            .convertToDatabaseColumn(new byte[length]))
                    .hasSize(bytes);
            assertThat(new EncryptedTextConverter(() -> encryptor, Keks.NOTE).convertToDatabaseColumn(text))
                    .hasSize(3 + (4 * bytes + 2) / 3);
        }
    }
}
