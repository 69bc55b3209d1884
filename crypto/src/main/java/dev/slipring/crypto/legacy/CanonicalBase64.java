package dev.slipring.crypto.legacy;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Base64 of RFC 4648 section 4, padded, in the one spelling that encoders give; the JDK's decoder takes others too. */
final class CanonicalBase64 {
    private CanonicalBase64() {}

    /** What {@code text} spells; null if it is not the canonical spelling of some bytes. */
    static byte @Nullable [] decode(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : null;
    }
}
