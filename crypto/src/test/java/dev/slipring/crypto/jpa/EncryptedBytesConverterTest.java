package dev.slipring.crypto.jpa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.Keks;
import jakarta.persistence.AttributeConverter;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EncryptedBytesConverterTest extends ConverterContract<byte[], byte[]> {
    @Override
    AttributeConverter<byte[], byte[]> converter(Supplier<EnvelopeEncryptor> encryptor, Context context) {
        return new EncryptedBytesConverter(encryptor, context);
    }

    @Override
    byte[] attribute(String text) {
        return text.getBytes(UTF_8);
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
    void attribute_isLeftAsItIs() {
        byte[] attribute = Keks.HELLO.clone();
        byte[] stored = converter.convertToDatabaseColumn(attribute);
        assertThat(attribute).isEqualTo(Keks.HELLO);
        assertThat(converter.convertToEntityAttribute(stored)).isNotSameAs(converter.convertToEntityAttribute(stored));
    }
}
