package dev.slipring.session.foreign;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Rails signs: a message in base64 with its purpose and its end. Strict: these fields and no others, none of them
 * twice, and a message that is one JSON value. Messages that Ruby marshalled are none.
 */
final class RailsEnvelope {
    private static final int MAX_DEPTH = 64;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    private static final Set<String> FIELDS = Set.of("message", "exp", "pur");

    private final byte[] message;
    private final String purpose;
    private final @Nullable Instant expiresAt;

    private RailsEnvelope(byte[] message, String purpose, @Nullable Instant expiresAt) {
        this.message = message;
        this.purpose = purpose;
        this.expiresAt = expiresAt;
    }

    /** Null if {@code json} is no envelope. */
    static @Nullable RailsEnvelope parse(byte[] json) {
        try {
            Map<String, String> fields = fields(text(json));
            String encoded = fields.get("message");
            String purpose = fields.get("pur");
            byte[] message = encoded == null ? null : Base64Spelling.PADDED.decode(encoded);
            if (message == null || purpose == null || !isOneValue(text(message))) {
                return null;
            }
            String end = fields.get("exp");
            return new RailsEnvelope(message, purpose, end == null ? null : Instant.parse(end));
        } catch (IOException | DateTimeException e) {
            return null;
        }
    }

    /** One JSON value; the caller's. */
    byte[] message() {
        return message.clone();
    }

    String purpose() {
        return purpose;
    }

    @Nullable
    Instant expiresAt() {
        return expiresAt;
    }

    /** The parser would guess at the encoding of bytes. */
    private static String text(byte[] json) throws IOException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    }

    private static Map<String, String> fields(String json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(json)) {
            expect(parser.nextToken() == JsonToken.START_OBJECT);
            expect("_rails".equals(parser.nextFieldName()));
            expect(parser.nextToken() == JsonToken.START_OBJECT);
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                expect(FIELDS.contains(name) && (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL));
                if (value == JsonToken.VALUE_STRING) {
                    fields.put(name, parser.getText());
                }
            }
            expect(parser.currentToken() == JsonToken.END_OBJECT);
            expect(parser.nextToken() == JsonToken.END_OBJECT);
            expect(parser.nextToken() == null);
        }
        return fields;
    }

    private static boolean isOneValue(String json) throws IOException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            if (!parser.currentToken().isScalarValue() && !parser.currentToken().isStructEnd()) {
                return false;
            }
            return parser.nextToken() == null;
        }
    }

    private static void expect(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("not an envelope");
        }
    }
}
