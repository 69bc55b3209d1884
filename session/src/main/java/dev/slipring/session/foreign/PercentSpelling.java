package dev.slipring.session.foreign;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent encoding as ECMAScript's {@code encodeURIComponent} does it, with one legal spelling of each text. */
final class PercentSpelling {
    private static final String UNRESERVED = "-_.!~*'()";
    private static final String DIGITS = "0123456789ABCDEF";

    private PercentSpelling() {}

    /** The spelling of {@code text}, which has no unpaired surrogates. */
    static String encode(String text) {
        StringBuilder spelling = new StringBuilder(text.length() + 16);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xFF);
            if (isUnreserved(c)) {
                spelling.append(c);
            } else {
                spelling.append('%').append(DIGITS.charAt(c >> 4)).append(DIGITS.charAt(c & 0xF));
            }
        }
        return spelling.toString();
    }

    /** Null if {@code spelling} is anything but what {@link #encode} makes. */
    static @Nullable String decode(String spelling) {
        byte[] bytes = new byte[spelling.length()];
        int length = 0;
        for (int i = 0; i < spelling.length(); i++) {
            char c = spelling.charAt(i);
            if (isUnreserved(c)) {
                bytes[length++] = (byte) c;
                continue;
            }
            if (c != '%' || i + 2 >= spelling.length()) {
                return null;
            }
            int high = DIGITS.indexOf(spelling.charAt(++i));
            int low = DIGITS.indexOf(spelling.charAt(++i));
            char escaped = (char) ((high << 4) | low);
            if (high < 0 || low < 0 || isUnreserved(escaped)) {
                return null;
            }
            bytes[length++] = (byte) escaped;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }
}
