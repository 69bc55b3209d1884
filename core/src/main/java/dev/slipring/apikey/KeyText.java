package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys as text, which is what headers and client libraries take, and what operators copy. Stateless. */
final class KeyText {
    private KeyText() {}

    /**
     * The text of {@code key}. A header that a client refuses is quoted in its exception, so it is looked at before.
     *
     * @param named what to call it
     * @throws IllegalStateException if it was wiped, or has a byte that is not visible ASCII
     */
    static String reveal(SecretValue key, String named) {
        return key.reveal(bytes -> {
            String flaw = flaw(bytes);
            if (flaw != null) {
                throw new IllegalStateException(named + " is no API key: it " + flaw);
            }
            return new String(bytes, StandardCharsets.US_ASCII);
        });
    }

    /** What is wrong with {@code value}: the rest of a sentence that begins with "the value"; empty if nothing is. */
    static Optional<String> flaw(SecretValue value) {
        return Optional.ofNullable(value.<@Nullable String>reveal(KeyText::flaw));
    }

    private static @Nullable String flaw(byte[] value) {
        for (int i = 0; i < value.length; i++) {
            String where = i == value.length - 1 ? "ends with " : i == 0 ? "begins with " : "has inside ";
            if (value[i] == '\n' || value[i] == '\r') {
                return where + "a newline";
            } else if (value[i] == ' ' || value[i] == '\t') {
                return where + "white space";
            } else if ((value[i] >= 0 && value[i] < ' ') || value[i] == 0x7f) {
                return where + "a control character";
            } else if (value[i] < 0) {
                return where + "a character that is not ASCII";
            }
        }
        return null;
    }
}
