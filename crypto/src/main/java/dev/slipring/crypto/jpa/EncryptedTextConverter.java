package dev.slipring.crypto.jpa;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeText;
import jakarta.persistence.AttributeConverter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@code String} attribute in a text column, as the text form of an envelope of its UTF-8 bytes. The column is
 * to be a {@code text}, or a {@code varchar} of the length that {@linkplain dev.slipring.crypto.jpa the package} gives.
 *
 * <p>Extended once for each column, with a constructor that the provider or the container of beans can call. Safe for
 * use by several threads.
 */
@SuppressWarnings("exports") // the Persistence API is optional: whoever extends this has it
public class EncryptedTextConverter implements AttributeConverter<String, String> {
    private final EncryptedColumn column;

    /**
     * The converter of a column.
     *
     * @param encryptor asked at every use, so it may be there later than this converter, and another one each time
     * @param context what the envelopes in this column belong to, the same for all its rows
     */
    public EncryptedTextConverter(Supplier<EnvelopeEncryptor> encryptor, Context context) {
        column = new EncryptedColumn(encryptor, context);
    }

    /**
     * A new envelope of {@code attribute}, each time another one.
     *
     * @param attribute what to encrypt
     * @return an envelope in text form; null of null
     * @throws IllegalArgumentException if it holds an unpaired surrogate, or is too long for an envelope
     * @throws RuntimeException as {@link EnvelopeEncryptor#encrypt} does
     */
    @Override
    public @Nullable String convertToDatabaseColumn(@Nullable String attribute) {
        return attribute == null ? null : EnvelopeText.write(column.encryptText(attribute));
    }

    /**
     * What the envelope {@code stored} holds.
     *
     * @param stored an envelope in text form
     * @return its text; null of null
     * @throws EnvelopeException if it cannot be opened
     * @throws IllegalStateException if it holds no text, or the encryptor is closed
     */
    @Override
    public @Nullable String convertToEntityAttribute(@Nullable String stored) {
        return stored == null ? null : column.decryptText(EnvelopeText.read(stored));
    }
}
