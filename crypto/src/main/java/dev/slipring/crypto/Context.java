package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What an envelope belongs to, as pairs of a name and a value: the table, the column, the row. It is
 * authenticated and not stored, so an envelope opens only with the context it was made with, and copying
 * one into another row or column is detected.
 *
 * <p>The order in which pairs are given does not matter; names are unique. Text is encoded as UTF-8
 * strictly and without normalisation: two spellings of one letter are two contexts. Immutable and safe for
 * use by several threads.
 */
public final class Context {
    private static final Context NONE = new Context(new ArrayList<>());

    private final List<String> names;
    private final byte[] encoded;

    /** A name and its value, both as UTF-8 too. */
    private static final class Pair implements Comparable<Pair> {
        private final String name;
        private final byte[] key;
        private final byte[] value;

        Pair(String name, String value) {
            this.name = name;
            this.key = utf8(name);
            this.value = utf8(value);
        }

        @Override
        public int compareTo(Pair other) {
            return Arrays.compareUnsigned(key, other.key);
        }
    }

    private Context(List<Pair> pairs) {
        pairs.sort(null);
        for (int i = 1; i < pairs.size(); i++) {
            if (pairs.get(i).compareTo(pairs.get(i - 1)) == 0) {
                throw new IllegalArgumentException("context " + pairs.get(i).name + " is given twice");
            }
        }
        names = pairs.stream().map(pair -> pair.name).toList();
        encoded = encode(pairs);
    }

    /**
     * The context without pairs, for envelopes that belong to nothing in particular.
     *
     * @return the empty context
     */
    public static Context none() {
        return NONE;
    }

    /**
     * The context of the pairs {@code name, value, name, value, ...}.
     *
     * @param namesAndValues a name, its value, the next name, and so on
     * @return the context, the same for every order of the pairs
     * @throws IllegalArgumentException if a name has no value, a name comes twice, or a text holds an
     *     unpaired surrogate
     */
    public static Context of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "a context is pairs of name and value, not " + namesAndValues.length + " texts");
        }
        List<Pair> pairs = new ArrayList<>(namesAndValues.length / 2);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            pairs.add(new Pair(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Context(pairs);
    }

    /**
     * The context of the entries of {@code pairs}.
     *
     * @param pairs values by name
     * @return the context
     * @throws IllegalArgumentException if a text holds an unpaired surrogate
     */
    public static Context copyOf(Map<String, String> pairs) {
        List<Pair> copied = new ArrayList<>(pairs.size());
        pairs.forEach((name, value) -> copied.add(new Pair(name, value)));
        return new Context(copied);
    }

    /** The canonical bytes, which the caller must not change. */
    byte[] encoded() {
        return encoded;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Context that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    /** The names alone: values may be personal data. */
    @Override
    public String toString() {
        return "Context" + names;
    }

    private static byte[] utf8(String text) {
        for (int i = 0, point; i < text.length(); i += Character.charCount(point)) {
            point = text.codePointAt(i);
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("a context name or value holds an unpaired surrogate");
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code u32(count)}, then for each pair {@code u32(len) name u32(len) value}. */
    private static byte[] encode(List<Pair> pairs) {
        int length = Integer.BYTES;
        for (Pair pair : pairs) {
            length = Math.addExact(length, 2 * Integer.BYTES + pair.key.length + pair.value.length);
        }
        ByteBuffer out = ByteBuffer.allocate(length).putInt(pairs.size());
        for (Pair pair : pairs) {
            out.putInt(pair.key.length).put(pair.key).putInt(pair.value.length).put(pair.value);
        }
        return out.array();
    }
}
