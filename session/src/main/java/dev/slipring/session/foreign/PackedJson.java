package dev.slipring.session.foreign;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** The payloads of Django and Flask: base64url, behind a dot of a zlib stream (RFC 1950). */
final class PackedJson {
    /** Longest payload of an inflated stream, in bytes. A cookie could hold one of three megabytes. */
    static final int MAX_INFLATED = 64 * 1024;

    private static final int FIRST_BUFFER = 4096;

    private PackedJson() {}

    /** Null if {@code text} is misspelled, or if what it holds is too long. */
    static byte @Nullable [] unpack(String text) {
        if (!text.startsWith(".")) {
            return Base64Spelling.URL.decode(text);
        }
        byte[] stream = Base64Spelling.URL.decode(text.substring(1));
        return stream == null ? null : inflate(stream);
    }

    private static byte @Nullable [] inflate(byte[] stream) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(stream);
            byte[] buffer = new byte[FIRST_BUFFER];
            int length = 0;
            while (!inflater.finished()) {
                if (length == buffer.length) {
                    // One byte over the limit, so that a payload of exactly the limit comes to its end.
                    buffer = Arrays.copyOf(buffer, Math.min(length * 2, MAX_INFLATED + 1));
                }
                int more = inflater.inflate(buffer, length, buffer.length - length);
                length += more;
                if (length > MAX_INFLATED || (more == 0 && !inflater.finished())) {
                    return null;
                }
            }
            return inflater.getRemaining() == 0 ? Arrays.copyOf(buffer, length) : null;
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }
}
