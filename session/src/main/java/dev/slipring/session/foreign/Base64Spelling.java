package dev.slipring.session.foreign;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The spellings of base64, RFC 4648, with exactly one legal text for each array. */
final class Base64Spelling {
    /** Section 4, with padding. */
    static final Base64Spelling PADDED = new Base64Spelling(Base64.getEncoder(), Base64.getDecoder());

    /** Section 4, without padding. */
    static final Base64Spelling BARE = new Base64Spelling(Base64.getEncoder().withoutPadding(), Base64.getDecoder());

    /** Section 5, without padding. */
    static final Base64Spelling URL =
            new Base64Spelling(Base64.getUrlEncoder().withoutPadding(), Base64.getUrlDecoder());

    private final Base64.Encoder encoder;
    private final Base64.Decoder decoder;

    private Base64Spelling(Base64.Encoder encoder, Base64.Decoder decoder) {
        this.encoder = encoder;
        this.decoder = decoder;
    }

    String encode(byte[] bytes) {
        return encoder.encodeToString(bytes);
    }

    /** Null if {@code text} is anything but what {@link #encode} makes. */
    byte @Nullable [] decode(String text) {
        byte[] bytes;
        try {
            bytes = decoder.decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // The decoder alone takes missing padding, and any bits beyond the last byte.
        return encode(bytes).equals(text) ? bytes : null;
    }

    /** Null if {@code text} is not the spelling of {@code length} bytes. */
    byte @Nullable [] decode(String text, int length) {
        byte[] bytes = text.length() <= (length + 2) / 3 * 4 ? decode(text) : null;
        return bytes != null && bytes.length == length ? bytes : null;
    }
}
