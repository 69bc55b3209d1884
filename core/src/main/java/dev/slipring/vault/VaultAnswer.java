package dev.slipring.vault;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
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
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(32).build())
            .build();

    private final VaultRequest request;
    private final byte[] body;
    private final boolean found;
    private final Optional<String> date;

    private interface Field<T> {
        T take(JsonParser parser) throws IOException;
    }

    VaultAnswer(VaultRequest request, Exchange.Received received) {
        this.request = request;
        body = received.body();
        found = received.status() < 300;
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
        try (JsonParser parser = FACTORY.createParser(body)) {
            if (parser.nextToken() != null) {
                parser.skipChildren();
                if (parser.nextToken() != null) {
                    throw unreadable("something follows its JSON value");
                }
            }
            return this;
        } catch (IOException e) {
            throw unreadable("it is not JSON as expected"); // without the cause, which may quote it
        }
    }

    /** The strings of the field {@code errors}, as far as there are any. */
    List<String> errors() {
        List<String> errors = new ArrayList<>();
        try (JsonParser parser = FACTORY.createParser(body)) {
            if (find(parser, "errors") && parser.currentToken() == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.VALUE_STRING) {
                    errors.add(parser.getText());
                }
            }
        } catch (IOException e) {
            return List.of(); // something between has answered, in words of its own
        }
        return errors;
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
        return field(
                JsonToken.START_ARRAY,
                parser -> {
                    List<String> texts = new ArrayList<>();
                    while (parser.nextToken() == JsonToken.VALUE_STRING) {
                        texts.add(parser.getText());
                    }
                    return texts;
                },
                path);
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
        return field(JsonToken.VALUE_STRING, VaultAnswer::ascii, path);
    }

    /** A text that is secret, as UTF-8; the caller wipes it. */
    byte[] textBytes(String... path) {
        return field(JsonToken.VALUE_STRING, VaultAnswer::utf8, path);
    }

    void wipe() {
        Arrays.fill(body, (byte) 0);
    }

    /** A failure of this request whose answer cannot be used. */
    VaultException unreadable(String why) {
        return new VaultException(VaultException.Kind.UNREADABLE, request, "of the answer, " + why, null);
    }

    @Override
    public String toString() {
        return "VaultAnswer[" + request + ", " + body.length + " bytes]";
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

    private static SecretValue ascii(JsonParser parser) throws IOException {
        char[] chars = parser.getTextCharacters();
        byte[] bytes = new byte[parser.getTextLength()];
        try {
            for (int i = 0; i < bytes.length; i++) {
                char c = chars[parser.getTextOffset() + i];
                if (c > '~') {
                    throw new IOException("not ASCII");
                }
                bytes[i] = (byte) c;
            }
            return SecretValue.copyOf(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private <T> T field(JsonToken kind, Field<T> field, String... path) {
        String name = String.join(".", path);
        try (JsonParser parser = FACTORY.createParser(body)) {
            if (find(parser, path) && parser.currentToken() == kind) {
                return field.take(parser);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable("the field " + name + " cannot be read"); // without the cause, which may quote it
        }
        throw unreadable("the field " + name + " is missing or of another kind");
    }

    private boolean has(JsonToken kind, String... path) {
        try (JsonParser parser = FACTORY.createParser(body)) {
            return find(parser, path) && parser.currentToken() == kind;
        } catch (IOException e) {
            throw unreadable("it is not JSON as expected");
        }
    }

    /** Moves {@code parser} to the value at {@code path}. */
    private static boolean find(JsonParser parser, String... path) throws IOException {
        parser.nextToken();
        for (String step : path) {
            if (parser.currentToken() != JsonToken.START_OBJECT || !enter(parser, step)) {
                return false;
            }
        }
        return true;
    }

    private static boolean enter(JsonParser parser, String step) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (name.equals(step)) {
                return true;
            }
            parser.skipChildren();
        }
        return false;
    }
}
