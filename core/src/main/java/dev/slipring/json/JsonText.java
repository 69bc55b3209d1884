package dev.slipring.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** JSON objects as the bytes of lines and pages; what is empty is left out. Stateless. */
public final class JsonText {
    private JsonText() {}

    /** Members in order, of which those that are empty are left out. */
    public static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
            if (present != null) {
                members.put((String) namesAndValues[i], present);
            }
        }
        return members;
    }

    /** The bytes of {@code tree}, in UTF-8 and on one line. */
    public static byte[] print(Map<String, ?> tree) {
        return wellFormed(JsonTree.print(tree)).getBytes(UTF_8);
    }

    /**
     * The object that {@code bytes} spell.
     *
     * @throws IllegalArgumentException if they do not; the message quotes nothing of them
     */
    @SuppressWarnings("unchecked") // the parser makes no other maps
    public static Map<String, Object> parse(byte[] bytes) {
        Object value;
        try {
            value = JsonTree.parse(new String(bytes, UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not JSON as expected");
        }
        if (value instanceof Map<?, ?> members) {
            return (Map<String, Object>) members;
        }
        throw new IllegalArgumentException("it is not a JSON object");
    }

    /** Half of a character, which UTF-8 has no bytes for, becomes the character for what cannot be read. */
    private static String wellFormed(String text) {
        boolean whole = text.codePoints().noneMatch(JsonText::isHalf);
        return whole
                ? text
                : text.codePoints()
                        .map(c -> isHalf(c) ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private static boolean isHalf(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }
}
