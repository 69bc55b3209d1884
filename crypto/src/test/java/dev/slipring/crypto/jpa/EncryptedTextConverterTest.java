package dev.slipring.crypto.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.EnvelopeText;
import dev.slipring.crypto.Keks;
import jakarta.persistence.AttributeConverter;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EncryptedTextConverterTest extends ConverterContract<String, String> {
    @Override
    AttributeConverter<String, String> converter(Supplier<EnvelopeEncryptor> encryptor, Context context) {
        return new EncryptedTextConverter(encryptor, context);
    }

    @Override
    String attribute(String text) {
        return text;
    }

    @Override
    String stored(byte[] envelope) {
        return EnvelopeText.write(envelope);
    }

    @Override
    byte[] envelope(String stored) {
        return EnvelopeText.read(stored);
    }

    @Test
    void column_holdsWhatTheEncryptorWritesAsText() {
        assertThat(converter.convertToDatabaseColumn("hello")).startsWith("e1.");
        assertThat(converter.convertToEntityAttribute(encryptor.encryptToText(Keks.HELLO, BODY)))
                .isEqualTo("hello envelope");
    }

    @Test
    void plaintext_inTheColumn_isMalformed() {
        Keks.assertFailure(Failure.MALFORMED, () -> converter.convertToEntityAttribute("hello"));
    }

    @Test
    void attribute_withAnUnpairedSurrogate_isRefusedUnread() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> converter.convertToDatabaseColumn("secret \uD800"))
                .withMessageContaining("unpaired surrogate")
                .withMessageNotContaining("secret");
    }
}
