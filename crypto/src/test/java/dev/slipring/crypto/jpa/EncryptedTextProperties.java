package dev.slipring.crypto.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.Keks;
import dev.slipring.testing.FakeSecret;
import jakarta.persistence.AttributeConverter;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

class EncryptedTextProperties {
    private static final FakeSecret KEK = Keks.ring(1);
    private static final EnvelopeEncryptor ENCRYPTOR =
            EnvelopeEncryptor.builder(KEK.rotating()).build();

    @AfterContainer
    static void close() {
        ENCRYPTOR.close();
        KEK.close();
    }

    @Property
    void text_isReadAsItWasWritten_orRefused(@ForAll("texts") String text) {
        for (AttributeConverter<String, ?> converter : List.of(
                new EncryptedTextConverter(() -> ENCRYPTOR, Keks.NOTE),
                new EncryptedTextToBytesConverter(() -> ENCRYPTOR, Keks.NOTE))) {
            if (wellFormed(text)) {
                assertThat(readAgain(converter, text)).isEqualTo(text);
            } else {
                assertThatIllegalArgumentException().isThrownBy(() -> readAgain(converter, text));
            }
        }
    }

    /** Many surrogates, paired and not. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.chars()
                .range('\uD7FE', '\uD801')
                .range('\uDBFE', '\uDC01')
                .range('\uDFFE', '\uE001')
                .range('a', 'c')
                .list()
                .ofMaxSize(6)
                .map(chars -> {
                    StringBuilder text = new StringBuilder();
                    chars.forEach(text::append);
                    return text.toString();
                });
    }

    private static <Y> String readAgain(AttributeConverter<String, Y> converter, String text) {
        return converter.convertToEntityAttribute(converter.convertToDatabaseColumn(text));
    }

    private static boolean wellFormed(String text) {
        return text.matches("([\\x{0}-\\x{D7FF}\\x{E000}-\\x{10FFFF}])*");
    }
}
