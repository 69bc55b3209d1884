package dev.slipring.store;

import dev.slipring.json.JsonTree;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The fields of one JSON object, taken out one by one: what is left over in the end is unknown to this
 * build and is kept as an extension. A field of the wrong kind is an {@link IllegalArgumentException} that
 * names its path. Not thread-safe.
 */
final class JsonFields {
    private final String path;
    private final Map<String, Object> left;

    JsonFields(String path, Object tree) {
        this.path = path;
        if (!(tree instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException((path.isEmpty() ? "the document" : path) + " is not an object");
        }
        left = new LinkedHashMap<>();
        map.forEach((name, value) -> left.put((String) name, value));
    }

    String text(String name) {
        return required(name, take(name, String.class));
    }

    Optional<String> textIfPresent(String name) {
        return take(name, String.class);
    }

    long number(String name) {
        return required(name, take(name, Long.class));
    }

    int integer(String name) {
        long value = number(name);
        if (value != (int) value) {
            throw new IllegalArgumentException(path + "/" + name + " is not within 32 bits");
        }
        return (int) value;
    }

    Optional<Integer> integerIfPresent(String name) {
        return left.containsKey(name) ? Optional.of(integer(name)) : Optional.empty();
    }

    boolean truth(String name) {
        return required(name, take(name, Boolean.class));
    }

    Instant instant(String name) {
        return required(name, instantIfPresent(name));
    }

    Optional<Instant> instantIfPresent(String name) {
        return take(name, String.class).map(text -> parsed(path + "/" + name, text, Instant::parse));
    }

    /** The instant that {@code text}, found at {@code place}, spells. */
    static Instant instant(String place, String text) {
        return parsed(place, text, Instant::parse);
    }

    Duration duration(String name) {
        return required(name, take(name, String.class).map(text -> parsed(path + "/" + name, text, Duration::parse)));
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        try {
            return Enum.valueOf(type, text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + "/" + name + " is not a known " + type.getSimpleName(), e);
        }
    }

    JsonFields object(String name) {
        return required(name, objectIfPresent(name));
    }

    Optional<JsonFields> objectIfPresent(String name) {
        return Optional.ofNullable(left.remove(name)).map(tree -> new JsonFields(path + "/" + name, tree));
    }

    List<?> list(String name) {
        return required(name, listIfPresent(name));
    }

    Optional<List<?>> listIfPresent(String name) {
        return take(name, List.class).map(list -> list);
    }

    /** A list of numbers within 32 bits. */
    Set<Integer> integers(String name) {
        Set<Integer> numbers = new TreeSet<>();
        for (Object item : list(name)) {
            if (!(item instanceof Long number) || number != number.intValue()) {
                throw new IllegalArgumentException(path + "/" + name + " has an item that is no number of 32 bits");
            }
            numbers.add(number.intValue());
        }
        return numbers;
    }

    /** The remaining fields, all of which must be strings. */
    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        List.copyOf(left.keySet()).forEach(name -> texts.put(name, text(name)));
        return texts;
    }

    /** Tells {@code extensions} every field that nobody took. */
    void leftOver(Consumer<Map.Entry<String, String>> extensions) {
        left.forEach((name, value) -> extensions.accept(Map.entry(path + "/" + escaped(name), JsonTree.print(value))));
    }

    /** {@code name} as one step of a path, as in RFC 6901. */
    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** The name that a step of a path stands for. */
    static String unescaped(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }

    private <T> Optional<T> take(String name, Class<T> type) {
        Object value = left.remove(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(path + "/" + name + " is not a " + type.getSimpleName());
        }
        return Optional.of(type.cast(value));
    }

    private static <T> T parsed(String place, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(place + " is not a time in ISO 8601 form", e);
        }
    }

    private <T> T required(String name, Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException(path + "/" + name + " is missing"));
    }
}
