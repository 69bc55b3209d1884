package dev.slipring.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.stream.Stream;

/**
 * Words by which values say that they are for development or tests: at the beginning or the end, or after a first word
 * of up to six letters such as the one of an API, set off by a hyphen, an underscore, a dot, a colon or a space. A random
 * value in base64url bears one by chance less than once in a hundred thousand; in hexadecimal or bytes, never or next to
 * never. Stateless.
 */
final class DevelopmentMarks {
    private static final int FIRST_WORD = 6;

    private static final List<byte[]> WORDS = Stream.of(
                    "dev",
                    "develop",
                    "development",
                    "test",
                    "testing",
                    "local",
                    "localhost",
                    "staging",
                    "sandbox",
                    "insecure",
                    "demo",
                    "dummy",
                    "fake",
                    "example",
                    "sample",
                    "placeholder")
            .map(word -> word.getBytes(US_ASCII))
            .toList();

    private DevelopmentMarks() {}

    /** Whether {@code value} bears one. */
    static boolean isMarked(byte[] value) {
        int first = next(value, 0);
        int last = value.length;
        while (last > 0 && !isBreak(value[last - 1])) {
            last--;
        }
        return first < value.length
                && (isWord(value, 0, first)
                        || isWord(value, last, value.length)
                        || (first <= FIRST_WORD && isWord(value, first + 1, next(value, first + 1))));
    }

    /** Where the word that begins at {@code from} ends. */
    private static int next(byte[] value, int from) {
        int end = from;
        while (end < value.length && !isBreak(value[end])) {
            end++;
        }
        return end;
    }

    private static boolean isWord(byte[] value, int from, int to) {
        return WORDS.stream().anyMatch(word -> {
            if (to - from != word.length) {
                return false;
            }
            for (int i = 0; i < word.length; i++) {
                int letter = value[from + i];
                if ((letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter) != word[i]) {
                    return false;
                }
            }
            return true;
        });
    }

    private static boolean isBreak(byte symbol) {
        return symbol == '-' || symbol == '_' || symbol == '.' || symbol == ':' || symbol == ' ';
    }
}
