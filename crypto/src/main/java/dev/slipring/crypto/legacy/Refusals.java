package dev.slipring.crypto.legacy;

import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;

/** How the ciphers here refuse: the format's name and what is wrong, never a part of what was read. */
final class Refusals {
    /** The longest plaintext: what an envelope can hold. */
    static final int MAX_PLAINTEXT = EnvelopeEncryptor.MAX_PLAINTEXT;

    /** Longest base64 of such a plaintext with nonce and tag, and what a format may write around it. */
    static final int MAX_BASE64 = (MAX_PLAINTEXT + AeadKey.OVERHEAD + 2) / 3 * 4 + 1024;

    private Refusals() {}

    static EnvelopeException malformed(String name, String what) {
        return new EnvelopeException(Failure.MALFORMED, name + ": " + what);
    }

    static EnvelopeException unsupported(String name, String what) {
        return new EnvelopeException(Failure.UNSUPPORTED, name + ": " + what);
    }

    static EnvelopeException unknown(String name, String which) {
        return new EnvelopeException(
                Failure.UNKNOWN_VERSION, name + ": " + which + " is not among the keys this cipher was made with");
    }

    static EnvelopeException tampered(String name) {
        return new EnvelopeException(
                Failure.TAMPERED, name + ": changed since it was made, or of another key or other associated data");
    }

    /**
     * Passes if {@code length} is one of a ciphertext.
     *
     * @throws EnvelopeException {@code MALFORMED} if not
     */
    static void requireLength(String name, int length, int shortest, int longest) {
        if (length < shortest || length > longest) {
            throw malformed(name, length + " bytes are no ciphertext");
        }
    }
}
