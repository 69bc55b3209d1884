package dev.slipring.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** UTF-8 that refuses what the JDK's conversions replace by a question mark. */
final class Utf8 {
    private Utf8() {}

    /**
     * The bytes of {@code text}, not normalised.
     *
     * @throws IllegalArgumentException if there is an unpaired surrogate; the message names {@code what}
     */
    static byte[] encode(String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                // A pair is one code point beyond the surrogates; anything else comes back as it is.
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    throw new IllegalArgumentException(what + " has an unpaired surrogate at index " + i);
                }
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The text of {@code bytes}.
     *
     * @throws IllegalStateException if they are not UTF-8
     */
    static String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new IllegalStateException("the payload of " + bytes.length + " bytes is not UTF-8 text");
        }
        return text;
    }
}
