package dev.slipring.crypto.legacy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.slipring.crypto.EnvelopeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message of Active Record encryption, taken apart: payload {@code p} and headers {@code h}, of which {@code iv},
 * {@code at}, {@code c}, {@code i}, {@code k} and {@code e} are known. Nothing of it is authenticated by being read.
 */
final class RailsMessage {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxStringLength(Refusals.MAX_BASE64)
                    .build())
            .build();

    private byte @Nullable [] payload;
    private byte @Nullable [] iv;
    private byte @Nullable [] tag;
    private boolean compressed;
    private @Nullable String keyReference;
    private @Nullable RailsMessage dataKey;

    private RailsMessage() {}

    /**
     * The message in {@code stored}.
     *
     * @throws EnvelopeException {@code MALFORMED} if there is none, {@code UNSUPPORTED} if it has a field or header
     *     that is not known
     */
    static RailsMessage parse(String name, byte[] stored) {
        try (JsonParser in = JSON.createParser(stored)) {
            in.nextToken();
            RailsMessage message = read(name, in, true);
            if (in.nextToken() == null) {
                return message;
            }
        } catch (IOException e) {
            // said below: the parser's own words may quote what it read
        }
        throw Refusals.malformed(name, "not a JSON message of payload and headers");
    }

    /** {@code iv || payload || tag}. */
    byte[] sealed() {
        byte[] start = present(iv);
        byte[] body = present(payload);
        byte[] end = present(tag);
        return ByteBuffer.allocate(start.length + body.length + end.length)
                .put(start)
                .put(body)
                .put(end)
                .array();
    }

    /** Whether the plaintext is compressed by zlib. */
    boolean isCompressed() {
        return compressed;
    }

    /** The reference of the derived key; null if the message has none. */
    @Nullable
    String keyReference() {
        return keyReference;
    }

    /** The encrypted key of this message alone; null if a derived key encrypted it. */
    @Nullable
    RailsMessage dataKey() {
        return dataKey;
    }

    private static RailsMessage read(String name, JsonParser in, boolean outer) throws IOException {
        RailsMessage message = new RailsMessage();
        requireObject(in);
        for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
            in.nextToken();
            switch (field) {
                case "p" -> message.payload = bytes(in);
                case "h" -> message.readHeaders(name, in, outer);
                default -> throw Refusals.unsupported(name, "a field besides payload and headers");
            }
        }
        if (message.payload == null
                || message.iv == null
                || message.iv.length != AeadKey.NONCE_LENGTH
                || message.tag == null
                || message.tag.length != AeadKey.TAG_LENGTH) {
            throw Refusals.malformed(name, "no payload, no iv of 12 bytes or no tag of 16");
        }
        return message;
    }

    private void readHeaders(String name, JsonParser in, boolean outer) throws IOException {
        requireObject(in);
        for (String header = in.nextFieldName(); header != null; header = in.nextFieldName()) {
            JsonToken token = in.nextToken();
            switch (header) {
                case "iv" -> iv = bytes(in);
                case "at" -> tag = bytes(in);
                case "c" -> compressed = flag(token);
                case "i" -> keyReference = new String(bytes(in), StandardCharsets.ISO_8859_1);
                case "e" -> bytes(in); // the plaintext's encoding, which the reader of its bytes has to know
                case "k" -> {
                    if (!outer) {
                        throw Refusals.unsupported(name, "a data key of a data key");
                    }
                    dataKey = read(name, in, false);
                }
                default -> throw Refusals.unsupported(name, "a header besides iv, at, c, e, i and k");
            }
        }
    }

    private static boolean flag(JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw new IOException("not true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private static byte[] bytes(JsonParser in) throws IOException {
        byte[] bytes = in.currentToken() == JsonToken.VALUE_STRING ? CanonicalBase64.decode(in.getText()) : null;
        if (bytes == null) {
            throw new IOException("not canonical base64");
        }
        return bytes;
    }

    private static void requireObject(JsonParser in) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("not an object");
        }
    }

    private static byte[] present(byte @Nullable [] part) {
        if (part == null) {
            throw new IllegalStateException("a message was not read to its end");
        }
        return part;
    }
}
