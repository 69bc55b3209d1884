package dev.slipring.vault;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.slipring.http.JsonBody;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a server has answered, as JSON whose fields are looked up by their path. A field that is missing or of another
 * kind is a {@link VaultException} that names it. Holds the body until it is wiped. Not thread-safe.
 */
final class VaultAnswer {
    private final VaultRequest request;
    private final JsonBody body;
    private final boolean found;
    private final Optional<String> date;

    /** Takes a field of the kind that was asked for. */
    private interface Field<T> {
        T take(JsonParser parser) throws IOException;
    }

    VaultAnswer(VaultRequest request, HttpResponse<byte[]> received) {
        this.request = request;
        body = JsonBody.of(received.body());
        found = received.statusCode() < 300;
        date = received.headers().firstValue("Date");
    }

    /** Whether there is what was looked up; true of whatever else is no refusal. */
    boolean found() {
        return found;
    }

    /** The server's time when it answered, in whole seconds. */
    Instant time() {
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                    date.orElseThrow(() -> unreadable("the header Date is missing")), Instant::from);
        } catch (DateTimeException e) {
            throw unreadable("the header Date cannot be read");
        }
    }

    /** This answer, if it is one JSON value and nothing else, or nothing at all. */
    VaultAnswer checked() {
        if (!body.isWhole()) {
            throw unreadable("it is not one JSON value"); // without the cause, which may quote it
        }
        return this;
    }

    /** The strings of the field {@code errors}, as far as there are any. */
    List<String> errors() {
        try {
            return body.at(VaultAnswer::errors, "errors").orElse(List.of());
        } catch (IOException e) {
            return List.of(); // something between has answered, in words of its own
        }
    }

    private static Optional<List<String>> errors(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.START_ARRAY ? Optional.of(texts(parser)) : Optional.empty();
    }

    private static List<String> texts(JsonParser parser) throws IOException {
        List<String> texts = new ArrayList<>();
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
            texts.add(parser.getText());
        }
        return texts;
    }

    boolean hasObject(String... path) {
        return has(JsonToken.START_OBJECT, path);
    }

    boolean hasText(String... path) {
        return has(JsonToken.VALUE_STRING, path);
    }

    String text(String... path) {
        return field(JsonToken.VALUE_STRING, JsonParser::getText, path);
    }

    List<String> texts(String... path) {
        return field(JsonToken.START_ARRAY, VaultAnswer::texts, path);
    }

    /** A whole number of 0 or more. */
    int count(String... path) {
        long number = field(JsonToken.VALUE_NUMBER_INT, JsonParser::getLongValue, path);
        if (number < 0 || number != (int) number) {
            throw unreadable("the field " + String.join(".", path) + " is out of range");
        }
        return (int) number;
    }

    boolean truth(String... path) {
        return has(JsonToken.VALUE_TRUE, path);
    }

    /** The bytes that a base64 text stands for; the caller wipes them. */
    byte[] binary(String... path) {
        return field(JsonToken.VALUE_STRING, parser -> parser.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS), path);
    }

    /** An ASCII text that is secret; the caller wipes it. */
    SecretValue secret(String... path) {
        return field(JsonToken.VALUE_STRING, parser -> JsonBody.ascii(parser, '\0'), path);
    }

    /** A text that is secret, as UTF-8; the caller wipes it. */
    byte[] textBytes(String... path) {
        return field(JsonToken.VALUE_STRING, VaultAnswer::utf8, path);
    }

    void wipe() {
        body.wipe();
    }

    /** A failure of this request whose answer cannot be used. */
    VaultException unreadable(String why) {
        return new VaultException(VaultException.Kind.UNREADABLE, request, "of the answer, " + why, null);
    }

    @Override
    public String toString() {
        return "VaultAnswer[" + request + ", " + body.length() + " bytes]";
    }

    private static byte[] utf8(JsonParser parser) throws IOException {
        ByteBuffer encoded = ByteBuffer.allocate(3 * parser.getTextLength());
        CharBuffer chars = CharBuffer.wrap(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        boolean failed =
                StandardCharsets.UTF_8.newEncoder().encode(chars, encoded, true).isError();
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.position());
        Arrays.fill(encoded.array(), (byte) 0);
        if (failed) {
            Arrays.fill(bytes, (byte) 0);
            throw new IOException("a text is no Unicode");
        }
        return bytes;
    }

    private <T> T field(JsonToken kind, Field<T> field, String... path) {
        String name = String.join(".", path);
        try {
            return body.<T>at(
                            parser ->
                                    parser.currentToken() == kind ? Optional.of(field.take(parser)) : Optional.empty(),
                            path)
                    .orElseThrow(() -> unreadable("the field " + name + " is missing or of another kind"));
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable("the field " + name + " cannot be read"); // without the cause, which may quote it
        }
    }

    private boolean has(JsonToken kind, String... path) {
        try {
            return body.at(parser -> Optional.of(parser.currentToken() == kind), path)
                    .orElse(false);
        } catch (IOException e) {
            throw unreadable("it is not JSON as expected");
        }
    }
}
