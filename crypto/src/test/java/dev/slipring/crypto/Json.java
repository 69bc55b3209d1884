package dev.slipring.crypto;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON object of a vector file: typed access, an exception for whatever is missing. */
public record Json(Map<String, Object> fields) {
    /** The value in the resource {@code name}: objects as {@link Json}, arrays as lists. */
    public static Object resource(String name) throws IOException {
        try (InputStream in = Json.class.getResourceAsStream("/vectors/" + name)) {
            if (in == null) {
                throw new IOException("no resource /vectors/" + name);
            }
            return read(in);
        }
    }

    static Object file(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return read(in);
        }
    }

    private static Object read(InputStream in) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(in)) {
            parser.nextToken();
            return value(parser);
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield new Json(fields);
            }
            case START_ARRAY -> {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NULL -> "null";
            default -> parser.getText();
        };
    }

    static List<Json> objects(Object array) {
        return ((List<?>) array).stream().map(Json.class::cast).toList();
    }

    public List<Json> list(String name) {
        return objects(get(name));
    }

    public String text(String name) {
        return (String) get(name);
    }

    public int number(String name) {
        return Math.toIntExact((Long) get(name));
    }

    /** A number of 32 bits without sign, as a ring id is one. */
    int unsigned(String name) {
        return Integer.parseUnsignedInt(Long.toString((Long) get(name)));
    }

    public byte[] hex(String name) {
        return HexFormat.of().parseHex(text(name));
    }

    public Object get(String name) {
        if (!fields.containsKey(name)) {
            throw new IllegalArgumentException("no field " + name + " in " + fields.keySet());
        }
        return fields.get(name);
    }
}
