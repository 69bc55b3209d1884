package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Knows secrets and finds parts of them in what was put out, of 6 to 8 bytes on end and in any {@link SecretForm}. What
 * it says of a part names where, which and at which place, and never the part. Safe for use by several threads.
 */
final class LeakProbe {
    private static final int KEY = Long.BYTES;
    private static final int FILTER_BITS = 22;
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-fA-F]{4})|\\\\([\"'\\\\/])|&#([0-9]{1,7});"
            + "|&#[xX]([0-9a-fA-F]{1,6});|&(amp|lt|gt|quot|apos);");
    private static final Map<String, String> NAMED =
            Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'");
    private static final Pattern SEPARATORS = Pattern.compile("[\\s:]+");

    private final Map<Long, List<Needle>> needles = new HashMap<>();
    private final BitSet filter = new BitSet(1 << FILTER_BITS);
    private final Set<ByteBuffer> known = new HashSet<>();

    /** A part of a secret that must not be seen. */
    private record Needle(String secret, SecretForm form, SecretForm.Spelling spelling, int offset) {
        boolean isAt(byte[] text, int position) {
            int end = position + spelling.window();
            return end <= text.length
                    && Arrays.equals(spelling.text(), offset, offset + spelling.window(), text, position, end);
        }
    }

    /**
     * A part of a secret that was seen.
     *
     * @param secret its name
     * @param form how it was spelled
     * @param offset where in its spelling the part begins
     * @param position where in the text it was seen
     */
    record Find(String secret, SecretForm form, int offset, int position) {}

    /** From now on nothing of {@code value}, at least 16 bytes, may be seen; known as {@code name}. Keeps a copy. */
    synchronized void learn(String name, byte[] value) {
        byte[] own = value.clone();
        if (own.length < 16) {
            throw new IllegalArgumentException("a secret of " + own.length + " bytes may be seen by chance");
        }
        if (!known.add(ByteBuffer.wrap(own))) {
            return;
        }
        for (SecretForm form : SecretForm.values()) {
            for (SecretForm.Spelling spelling : form.spellings(own)) {
                for (int i = 0; i + spelling.window() <= spelling.text().length; i++) {
                    long key = ByteBuffer.wrap(spelling.text(), i, KEY).getLong();
                    needles.computeIfAbsent(key, unused -> new ArrayList<>(1)).add(new Needle(name, form, spelling, i));
                    filter.set(slot(key));
                }
            }
        }
    }

    /** How many secrets are known. */
    synchronized int size() {
        return known.size();
    }

    /** What is seen of secrets in {@code text}, also if it is escaped for JSON or HTML, or broken up. */
    Collection<Find> search(String text) {
        Set<String> readings =
                new LinkedHashSet<>(List.of(text, ESCAPE.matcher(text).replaceAll(LeakProbe::plain)));
        List.copyOf(readings)
                .forEach(reading -> readings.add(SEPARATORS.matcher(reading).replaceAll("")));
        Set<Find> finds = new LinkedHashSet<>();
        for (String reading : readings) {
            finds.addAll(search(reading.getBytes(ISO_8859_1)));
            if (reading.chars().anyMatch(c -> c > 0x7f)) {
                finds.addAll(search(reading.getBytes(UTF_8)));
            }
        }
        return finds;
    }

    /** What is seen of secrets in {@code bytes}: of each secret in each form the first part. */
    synchronized Collection<Find> search(byte[] bytes) {
        Map<List<Object>, Find> finds = new HashMap<>();
        long key = 0;
        for (int i = 0; i < bytes.length; i++) {
            key = key << Byte.SIZE | bytes[i] & 0xff;
            if (i >= KEY - 1 && filter.get(slot(key))) {
                int position = i - (KEY - 1);
                for (Needle needle : needles.getOrDefault(key, List.of())) {
                    if (needle.isAt(bytes, position)) {
                        finds.putIfAbsent(
                                List.of(needle.secret, needle.form),
                                new Find(needle.secret, needle.form, needle.offset, position));
                    }
                }
            }
        }
        return finds.values();
    }

    private static int slot(long key) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> Long.SIZE - FILTER_BITS);
    }

    private static String plain(MatchResult escape) {
        String text = escape.group();
        String plain;
        if (text.startsWith("\\u")) {
            plain = Character.toString(Integer.parseInt(text.substring(2), 16));
        } else if (text.startsWith("\\")) {
            plain = text.substring(1);
        } else {
            plain = entity(text.substring(1, text.length() - 1));
        }
        return Matcher.quoteReplacement(plain);
    }

    private static String entity(String name) {
        if (!name.startsWith("#")) {
            return NAMED.getOrDefault(name, "");
        }
        boolean hex = name.startsWith("#x") || name.startsWith("#X");
        int point = hex ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
        return Character.isValidCodePoint(point) ? Character.toString(point) : "";
    }
}
