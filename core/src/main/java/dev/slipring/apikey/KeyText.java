package dev.slipring.apikey;

import dev.slipring.keyring.SecretValue;
import java.nio.charset.StandardCharsets;

/** Keys as text, which is what headers and client libraries take. Stateless. */
final class KeyText {
    private static final int FIRST_VISIBLE = '!';
    private static final int LAST_VISIBLE = '~';

    private KeyText() {}

    /**
     * The text of {@code key}. A header that a client refuses is quoted in its exception, so it is looked at before.
     *
     * @param named what to call it
     * @throws IllegalStateException if it was wiped, or has a byte that is not visible ASCII
     */
    static String reveal(SecretValue key, String named) {
        return key.reveal(bytes -> {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] < FIRST_VISIBLE || bytes[i] > LAST_VISIBLE) {
                    throw new IllegalStateException(named + " is no API key: byte " + (i + 1) + " of " + bytes.length
                            + " is not visible ASCII");
                }
            }
            return new String(bytes, StandardCharsets.US_ASCII);
        });
    }
}
