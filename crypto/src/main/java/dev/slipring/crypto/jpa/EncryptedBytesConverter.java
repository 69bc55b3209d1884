package dev.slipring.crypto.jpa;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import jakarta.persistence.AttributeConverter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a {@code byte[]} attribute in a binary column, as an envelope. The length is what
 * {@linkplain dev.slipring.crypto.jpa the package} gives.
 *
 * <p>Extended once for each column, with a constructor that the provider or the container of beans can call. Safe for
 * use by several threads.
 */
@SuppressWarnings("exports") // the Persistence API is optional: whoever extends this has it
public class EncryptedBytesConverter implements AttributeConverter<byte[], byte[]> {
    private final EncryptedColumn column;

    /**
     * The converter of a column.
     *
     * @param encryptor asked at every use, so it may be there later than this converter, and another one each time
     * @param context what the envelopes in this column belong to, the same for all its rows
     */
    public EncryptedBytesConverter(Supplier<EnvelopeEncryptor> encryptor, Context context) {
        column = new EncryptedColumn(encryptor, context);
    }

    /**
     * A new envelope of {@code attribute}, each time another one.
     *
     * @param attribute what to encrypt; read and not kept
     * @return an envelope in binary form; null of null
     * @throws IllegalArgumentException if it is too long for an envelope
     * @throws RuntimeException as {@link EnvelopeEncryptor#encrypt} does
     */
    @Override
    public byte @Nullable [] convertToDatabaseColumn(byte @Nullable [] attribute) {
        return attribute == null ? null : column.encrypt(attribute);
    }

    /**
     * What the envelope {@code stored} holds.
     *
     * @param stored an envelope in binary form
     * @return a new array, the caller's to wipe; null of null
     * @throws EnvelopeException if it cannot be opened
     * @throws IllegalStateException if the encryptor is closed
     */
    @Override
    public byte @Nullable [] convertToEntityAttribute(byte @Nullable [] stored) {
        return stored == null ? null : column.decrypt(stored);
    }
}
