package dev.slipring.crypto.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.Keks;
import dev.slipring.testing.FakeSecret;
import jakarta.persistence.AttributeConverter;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every converter does.
 *
 * @param <X> the attribute
 * @param <Y> the column
 */
abstract class ConverterContract<X, Y> {
    static final Context BODY = NoteColumns.column("body");

    private final FakeSecret kek = Keks.ring(1);
    final EnvelopeEncryptor encryptor =
            EnvelopeEncryptor.builder(kek.rotating()).build();
    final AttributeConverter<X, Y> converter = converter(() -> encryptor, BODY);

    abstract AttributeConverter<X, Y> converter(Supplier<EnvelopeEncryptor> encryptor, Context context);

    abstract X attribute(String text);

    /** What is stored of the envelope {@code envelope}, or of what is none. */
    abstract Y stored(byte[] envelope);

    /** The envelope that is stored so. */
    abstract byte[] envelope(Y stored);

    @AfterEach
    void close() {
        encryptor.close();
        kek.close();
    }

    @Test
    void attribute_stored_isReadAgain() {
        for (String text : new String[] {"", "hello", "grüße, 世界 🌍", "\0", "x".repeat(100_000)}) {
            Y stored = converter.convertToDatabaseColumn(attribute(text));
            assertThat(converter.convertToEntityAttribute(stored)).isEqualTo(attribute(text));
            assertThat(encryptor.checkedHeader(envelope(stored)).kekVersion()).isEqualTo(1);
        }
    }

    @Test
    void null_staysNull() {
        assertThat(converter.convertToDatabaseColumn(null)).isNull();
        assertThat(converter.convertToEntityAttribute(null)).isNull();
    }

    @Test
    void attribute_storedTwice_isTwoEnvelopes() {
        assertThat(converter.convertToDatabaseColumn(attribute("hello")))
                .isNotEqualTo(converter.convertToDatabaseColumn(attribute("hello")));
    }

    @Test
    void envelope_ofAnotherColumn_isTamperedWith() {
        Y stored = converter(() -> encryptor, NoteColumns.column("title")).convertToDatabaseColumn(attribute("hello"));
        assertFailure(Failure.TAMPERED, stored);
    }

    @Test
    void value_thatIsNoEnvelope_isMalformed() {
        assertFailure(Failure.MALFORMED, stored(Keks.HELLO));
    }

    @Test
    void encryptor_isAskedForAtEachUse() {
        try (FakeSecret other = Keks.ring(2);
                EnvelopeEncryptor next = EnvelopeEncryptor.builder(other.rotating())
                        .alsoOpens(kek.rotating())
                        .build()) {
            EnvelopeEncryptor[] present = {encryptor};
            AttributeConverter<X, Y> changing = converter(() -> present[0], BODY);
            Y before = changing.convertToDatabaseColumn(attribute("before"));
            present[0] = next;
            Y after = changing.convertToDatabaseColumn(attribute("after"));

            assertThat(next.checkedHeader(envelope(after)).ringId()).isEqualTo(2);
            assertThat(changing.convertToEntityAttribute(before)).isEqualTo(attribute("before"));
            assertThat(changing.convertToEntityAttribute(after)).isEqualTo(attribute("after"));
        }
    }

    @Test
    void converter_withoutEncryptorOrContext_isNotMade() {
        assertThatNullPointerException().isThrownBy(() -> converter(null, BODY));
        assertThatNullPointerException().isThrownBy(() -> converter(() -> encryptor, null));
    }

    private void assertFailure(Failure failure, Y stored) {
        Throwable thrown = catchThrowable(() -> converter.convertToEntityAttribute(stored));
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        EnvelopeException.class, e -> assertThat(e.failure()).isEqualTo(failure));
        assertThat(thrown.getMessage()).doesNotContain("hello", String.valueOf(stored), "title", "body");
    }
}
