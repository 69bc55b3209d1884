package dev.slipring.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.slipring.keyring.SecretValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The body of an answer as JSON, whose fields are looked up by their path: strict, without a tree, and without a copy
 * that stays behind in a pool. The exceptions of the parser may quote the body, so they are not passed on. Not
 * thread-safe.
 */
public final class JsonBody {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(32).build())
            .build();

    private final byte[] bytes;

    /**
     * Takes a value.
     *
     * @param <T> what it is taken as
     */
    @FunctionalInterface
    public interface Reading<T> {
        /** What the parser stands at; empty if that is of another kind. */
        Optional<T> take(JsonParser parser) throws IOException;
    }

    private JsonBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The body {@code bytes}, which is kept, and wiped by {@link #wipe()}. */
    public static JsonBody of(byte[] bytes) {
        return new JsonBody(bytes);
    }

    /** Whether it is one JSON value and nothing else, or nothing at all. */
    public boolean isWhole() {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            if (parser.nextToken() == null) {
                return true;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What {@code reading} takes at {@code path}; empty if nothing is there.
     *
     * @throws IOException if the body is no JSON up to there; its message may quote the body
     */
    public <T> Optional<T> at(Reading<T> reading, String... path) throws IOException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            return find(parser, path) ? reading.take(parser) : Optional.empty();
        }
    }

    /**
     * The text that {@code parser} stands at, if its characters are ASCII up to the tilde; the caller wipes it.
     *
     * @param lowest the lowest character that it may have
     * @throws IOException if it has another one
     * @throws IllegalArgumentException if it has no length that a value may have
     */
    public static SecretValue ascii(JsonParser parser, char lowest) throws IOException {
        char[] chars = parser.getTextCharacters();
        byte[] text = new byte[parser.getTextLength()];
        try {
            for (int i = 0; i < text.length; i++) {
                char c = chars[parser.getTextOffset() + i];
                if (c < lowest || c > '~') {
                    throw new IOException("a character is none of those that a secret has");
                }
                text[i] = (byte) c;
            }
            return SecretValue.copyOf(text);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /** Length in bytes. */
    public int length() {
        return bytes.length;
    }

    /** Overwrites the body. */
    public void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }

    /** Moves {@code parser} to the value at {@code path}. */
    private static boolean find(JsonParser parser, String... path) throws IOException {
        boolean found = parser.nextToken() != null;
        for (String step : path) {
            if (parser.currentToken() != JsonToken.START_OBJECT || !enter(parser, step)) {
                return false;
            }
        }
        return found;
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
