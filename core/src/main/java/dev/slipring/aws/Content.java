package dev.slipring.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretValue;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.model.CreateSecretRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.PutSecretValueRequest;

/** What one version holds: a text, which plain readers expect, or bytes that are none. Its owner wipes it. */
final class Content {
    /** The longest that a version takes, in bytes. */
    static final int LONGEST = 65_536;

    private final byte[] bytes;
    private final boolean text;

    private Content(byte[] bytes, boolean text) {
        this.bytes = bytes;
        this.text = text;
    }

    /** A text in UTF-8, which belongs to the content from now on. */
    static Content text(byte[] bytes) {
        return new Content(bytes, true);
    }

    /** Bytes, which belong to the content from now on. */
    static Content binary(byte[] bytes) {
        return new Content(bytes, false);
    }

    /** A copy of {@code value}: as a text if it is one without control characters. */
    static Content of(SecretValue value) {
        byte[] bytes = value.copyBytes();
        return new Content(bytes, isText(bytes));
    }

    /** What was read. */
    static Content of(GetSecretValueResponse answer) {
        if (answer.secretString() != null) {
            return text(answer.secretString().getBytes(UTF_8));
        }
        SdkBytes binary = answer.secretBinary();
        return binary(binary == null ? new byte[0] : binary.asByteArrayUnsafe());
    }

    private static boolean isText(byte[] bytes) {
        try {
            CharBuffer chars = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            boolean plain = chars.chars().noneMatch(c -> Character.isISOControl(c) && "\t\n\r".indexOf(c) < 0);
            Arrays.fill(chars.array(), '\0');
            return plain;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** The bytes themselves, which stay the content's. */
    byte[] bytes() {
        return bytes;
    }

    boolean isText() {
        return text;
    }

    /** Gives {@code request} this to put. */
    PutSecretValueRequest.Builder into(PutSecretValueRequest.Builder request) {
        return text
                ? request.secretString(new String(bytes, UTF_8))
                : request.secretBinary(SdkBytes.fromByteArrayUnsafe(bytes));
    }

    /** Gives {@code request} this to begin with. */
    CreateSecretRequest.Builder into(CreateSecretRequest.Builder request) {
        return text
                ? request.secretString(new String(bytes, UTF_8))
                : request.secretBinary(SdkBytes.fromByteArrayUnsafe(bytes));
    }

    void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }
}
