package dev.slipring.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;

/**
 * How the value of a secret looks to readers who know nothing of records: as fields of an entry in a key-value engine.
 * Implementations are thread-safe.
 */
@FunctionalInterface
public interface PlainForm {
    /**
     * The fields by their names, each of UTF-8 text; new values, which the caller owns and wipes.
     *
     * @param value stays the caller's
     * @throws IllegalArgumentException if it cannot be shown in this form; the message does not quote it
     */
    Map<String, SecretValue> fields(SecretValue value);

    /** One field with the bytes in base64: for values that are no text. */
    static PlainForm base64(String field) {
        Objects.requireNonNull(field, "field");
        return value -> {
            byte[] text = value.reveal(bytes -> Base64.getEncoder().encode(bytes));
            try {
                return Map.of(field, SecretValue.copyOf(text));
            } finally {
                Arrays.fill(text, (byte) 0);
            }
        };
    }

    /** One field with the text whose UTF-8 the bytes are: for API keys and other values that are text. */
    static PlainForm text(String field) {
        Objects.requireNonNull(field, "field");
        return value -> Map.of(field, value.reveal(PlainForm::utf8));
    }

    private static SecretValue utf8(byte[] bytes) {
        try {
            Arrays.fill(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).array(), '\0');
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the value is no text of UTF-8"); // no cause: it may quote it
        }
        return SecretValue.copyOf(bytes);
    }
}
