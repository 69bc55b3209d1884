package dev.slipring.session.foreign;

import org.jspecify.annotations.Nullable;

/**
 * The spelling of cookie values by Python's {@code http.cookies}: as they are if every character is harmless, else in
 * quotes and with octal escapes. There is one legal spelling of each text; characters beyond U+00FF have none.
 */
final class PythonQuoting {
    private static final String LEGAL = "!#$%&'*+-.^_`|~:";
    private static final String LEGAL_IN_QUOTES = LEGAL + " ()/<=>?@[]{}";
    private static final int LONGEST_ESCAPE = 4;

    private PythonQuoting() {}

    /** Null if {@code spelling} is anything but what Python makes. */
    static @Nullable String decode(String spelling) {
        if (!spelling.startsWith("\"")) {
            return isMadeOf(spelling, LEGAL) ? spelling : null;
        }
        StringBuilder text = new StringBuilder(spelling.length());
        int end = spelling.length() - 1;
        int at = 1;
        while (at < end) {
            int length = spelling.charAt(at) == '\\' ? escapeLength(spelling, at, end) : 1;
            if (length == 0) {
                return null;
            }
            text.append(unescaped(spelling, at, length));
            at += length;
        }
        String decoded = text.toString();
        return encode(decoded).equals(spelling) ? decoded : null;
    }

    private static String encode(String text) {
        if (isMadeOf(text, LEGAL)) {
            return text;
        }
        StringBuilder spelling = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isLegal(c, LEGAL_IN_QUOTES)) {
                spelling.append(c);
            } else if (c == '"' || c == '\\') {
                spelling.append('\\').append(c);
            } else {
                spelling.append('\\').append(c >> 6).append((c >> 3) & 7).append(c & 7);
            }
        }
        return spelling.append('"').toString();
    }

    /** Length of the escape at {@code at}; 0 if it is none. */
    private static int escapeLength(String spelling, int at, int end) {
        if (at + 1 < end && (spelling.charAt(at + 1) == '"' || spelling.charAt(at + 1) == '\\')) {
            return 2;
        }
        if (at + LONGEST_ESCAPE > end || spelling.charAt(at + 1) > '3') {
            return 0;
        }
        for (int i = at + 1; i < at + LONGEST_ESCAPE; i++) {
            if (spelling.charAt(i) < '0' || spelling.charAt(i) > '7') {
                return 0;
            }
        }
        return LONGEST_ESCAPE;
    }

    private static char unescaped(String spelling, int at, int length) {
        return length == LONGEST_ESCAPE
                ? (char) Integer.parseInt(spelling, at + 1, at + LONGEST_ESCAPE, 8)
                : spelling.charAt(at + length - 1);
    }

    private static boolean isMadeOf(String text, String punctuation) {
        for (int i = 0; i < text.length(); i++) {
            if (!isLegal(text.charAt(i), punctuation)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLegal(char c, String punctuation) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || punctuation.indexOf(c) >= 0;
    }
}
