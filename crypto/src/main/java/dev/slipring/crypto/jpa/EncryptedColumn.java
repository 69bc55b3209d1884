package dev.slipring.crypto.jpa;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The envelopes of one column. Text is encoded as UTF-8 strictly, so that what is read is what was written: not a
 * question mark for what UTF-8 cannot say. Safe for use by several threads.
 */
final class EncryptedColumn {
    private final Supplier<EnvelopeEncryptor> encryptor;
    private final Context context;

    EncryptedColumn(Supplier<EnvelopeEncryptor> encryptor, Context context) {
        this.encryptor = Objects.requireNonNull(encryptor, "encryptor");
        this.context = Objects.requireNonNull(context, "context");
    }

    byte[] encrypt(byte[] plaintext) {
        return present().encrypt(plaintext, context);
    }

    byte[] decrypt(byte[] envelope) {
        return present().decrypt(envelope, context);
    }

    byte[] encryptText(String text) {
        if (text.codePoints().anyMatch(EncryptedColumn::surrogate)) {
            throw new IllegalArgumentException("an attribute holds an unpaired surrogate");
        }
        byte[] plaintext = text.getBytes(StandardCharsets.UTF_8);
        try {
            return encrypt(plaintext);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    String decryptText(byte[] envelope) {
        byte[] plaintext = decrypt(envelope);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(plaintext))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("an envelope in a column of text holds no UTF-8", e);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private EnvelopeEncryptor present() {
        return Objects.requireNonNull(encryptor.get(), "no encryptor yet for a column");
    }

    /** Of a pair, only the code point that it stands for is seen. */
    private static boolean surrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
