package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How the bytes of a secret may be spelled where they should not be. */
enum SecretForm {
    RAW(value -> List.of(new Spelling(value, isHex(value) ? 16 : 8))),
    REVERSED(SecretForm::reversed),
    HEX(value -> List.of(
            new Spelling(ascii(HexFormat.of().formatHex(value)), 16),
            new Spelling(ascii(HexFormat.of().withUpperCase().formatHex(value)), 16))),
    BASE64(value -> aligned(value, Base64.getEncoder())),
    BASE64_URL(value -> aligned(value, Base64.getUrlEncoder())),
    PERCENT(SecretForm::percent),
    DECIMAL(value -> List.of(decimal(value, false), decimal(value, true)));

    private final Function<byte[], List<Spelling>> spellings;

    SecretForm(Function<byte[], List<Spelling>> spellings) {
        this.spellings = spellings;
    }

    /**
     * A secret as it may be spelled.
     *
     * @param text what would be seen
     * @param window how many bytes of it on end give it away: as many as 6 to 8 bytes of the secret take
     */
    record Spelling(byte[] text, int window) {}

    /** All spellings of {@code value} in this form. */
    List<Spelling> spellings(byte[] value) {
        return spellings.apply(value);
    }

    /** The one that whoever leaks {@code value} is most likely to use. */
    String spell(byte[] value) {
        return new String(spellings(value).get(0).text(), ISO_8859_1);
    }

    /** Of the secret itself, and of what it is encoded as. */
    private static List<Spelling> reversed(byte[] value) {
        List<Spelling> all = new ArrayList<>();
        for (SecretForm form : List.of(RAW, HEX, BASE64)) {
            for (Spelling spelling : form.spellings(value)) {
                byte[] text = spelling.text();
                byte[] backwards = new byte[text.length];
                IntStream.range(0, text.length).forEach(i -> backwards[i] = text[text.length - 1 - i]);
                all.add(new Spelling(backwards, spelling.window()));
            }
        }
        return all;
    }

    /** What stays of the secret wherever it begins in something longer that is encoded: three ways to align it. */
    private static List<Spelling> aligned(byte[] value, Base64.Encoder encoder) {
        List<Spelling> all = new ArrayList<>();
        for (int start = 0; start < 3; start++) {
            byte[] rest = Arrays.copyOfRange(value, start, value.length);
            byte[] whole = Arrays.copyOf(rest, rest.length - rest.length % 3);
            all.add(new Spelling(encoder.encode(whole), 8));
        }
        return all;
    }

    private static List<Spelling> percent(byte[] value) {
        String each = IntStream.range(0, value.length)
                .mapToObj(i -> "%%%02X".formatted(value[i]))
                .collect(Collectors.joining());
        return List.of(
                new Spelling(ascii(each), 24),
                new Spelling(ascii(each.toLowerCase(Locale.ROOT)), 24),
                new Spelling(ascii(URLEncoder.encode(new String(value, ISO_8859_1), ISO_8859_1)), 16));
    }

    /** As {@link Arrays#toString(byte[])} shows it, without its blanks, or as other languages do. */
    private static Spelling decimal(byte[] value, boolean unsigned) {
        return new Spelling(
                ascii(IntStream.range(0, value.length)
                        .mapToObj(i -> Integer.toString(unsigned ? value[i] & 0xff : value[i]))
                        .collect(Collectors.joining(","))),
                24);
    }

    /** Of such a value eight characters on end may be those of something else. */
    private static boolean isHex(byte[] value) {
        return IntStream.range(0, value.length).allMatch(i -> HexFormat.isHexDigit(value[i]));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
