package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What every key that is copied from somewhere has in common, and what goes wrong when it is copied. Stateless. */
final class KeyText {
    private KeyText() {}

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
