package dev.slipring.crypto.jpa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import jakarta.persistence.AttributeConverter;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EncryptedTextToBytesConverterTest extends ConverterContract<String, byte[]> {
    @Override
    AttributeConverter<String, byte[]> converter(Supplier<EnvelopeEncryptor> encryptor, Context context) {
        return new EncryptedTextToBytesConverter(encryptor, context);
    }

    @Override
    String attribute(String text) {
        return text;
    }

    @Override
    byte[] stored(byte[] envelope) {
        return envelope;
    }

    @Override
    byte[] envelope(byte[] stored) {
        return stored;
    }

    @Test
    void column_holdsUtf8() {
        byte[] stored = converter.convertToDatabaseColumn("grüße 🌍");
        assertThat(encryptor.decrypt(stored, BODY)).isEqualTo("grüße 🌍".getBytes(UTF_8));
    }

    @Test
    void attribute_withAnUnpairedSurrogate_isRefusedUnread() {
        for (String text : new String[] {"secret \uD83C", "\uDF0D secret", "secret \uDF0D\uD83C"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> converter.convertToDatabaseColumn(text))
                    .withMessageContaining("unpaired surrogate")
                    .withMessageNotContaining("secret");
        }
    }

    @Test
    void envelope_thatHoldsNoText_isRefusedUnread() {
        byte[] overlong = {'o', 'k', (byte) 0xC0, (byte) 0x80};
        byte[] surrogate = {'o', 'k', (byte) 0xED, (byte) 0xA0, (byte) 0x80};
        for (byte[] plaintext : new byte[][] {overlong, surrogate, {(byte) 0xFF}}) {
            byte[] stored = encryptor.encrypt(plaintext, BODY);
            assertThatIllegalStateException()
                    .isThrownBy(() -> converter.convertToEntityAttribute(stored))
                    .withMessageContaining("no UTF-8");
        }
    }
}
