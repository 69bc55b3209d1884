package dev.slipring.examples;

import java.util.Locale;
import java.util.StringJoiner;

/** Writes the little JSON that the application and the command line answer with. Not thread-safe. */
public final class Json {
    private final StringJoiner fields = new StringJoiner(",", "{", "}");

    /** An object without fields. */
    public Json() {}

    /** Adds a text. */
    public Json put(String name, String value) {
        return raw(name, quoted(value));
    }

    /** Adds a number. */
    public Json put(String name, long value) {
        return raw(name, Long.toString(value));
    }

    /** Adds true or false. */
    public Json put(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    /** Adds what is JSON already. */
    public Json raw(String name, String json) {
        fields.add(quoted(name) + ":" + json);
        return this;
    }

    /** The object. */
    @Override
    public String toString() {
        return fields.toString();
    }

    /** {@code text} as a JSON string that may also stand in a script. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c > '~') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
