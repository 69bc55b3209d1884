package dev.slipring.observe.inventory;

import java.util.Locale;

/**
 * Makes visible what a terminal or a browser would obey instead of show: control characters, marks that turn the
 * direction of writing, halves of characters. Stateless.
 */
final class Printable {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private Printable() {}

    /** {@code text} with each of these as its number, such as <code>\u005cu{1b}</code>. */
    static String of(String text) {
        if (text.codePoints().allMatch(Printable::isPrintable)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (isPrintable(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format(Locale.ROOT, "\\u{%x}", c));
            }
        });
        return out.toString();
    }

    /** The beginning of that, if it is longer than {@code most} characters. */
    static String cut(String text, int most) {
        String shown = of(text);
        return shown.codePointCount(0, shown.length()) <= most
                ? shown
                : shown.substring(0, shown.offsetByCodePoints(0, most - 1)) + "…";
    }

    /** Several scripts are not written without the joiners, which do nothing but join. */
    private static boolean isPrintable(int c) {
        if (c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER) {
            return true;
        } else if ((c & 0xFFFE) == 0xFFFE) {
            return false; // no character
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
