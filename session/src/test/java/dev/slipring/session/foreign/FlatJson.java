package dev.slipring.session.foreign;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Objects of strings, as the vectors and the oracles have them. */
final class FlatJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private FlatJson() {}

    /** The objects of an array. */
    static List<Map<String, String>> readAll(Reader text) throws IOException {
        List<Map<String, String>> objects = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(text)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    objects.add(new HashMap<>());
                } else if (token.isScalarValue()) {
                    objects.get(objects.size() - 1).put(json.currentName(), json.getText());
                }
            }
        }
        return objects;
    }

    static Map<String, String> read(String text) throws IOException {
        return readAll(new StringReader(text)).get(0);
    }

    static String write(Map<String, String> object) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            for (Map.Entry<String, String> field : object.entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            json.writeEndObject();
        }
        return out.toString();
    }
}
