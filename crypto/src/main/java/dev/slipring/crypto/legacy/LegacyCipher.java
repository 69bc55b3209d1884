package dev.slipring.crypto.legacy;

import dev.slipring.crypto.EnvelopeException;

/**
 * Reads the ciphertext of another system, with its keys and until a date. What {@link EnvelopeMigrator} takes as a
 * source. Implementations are safe for use by several threads, copy their keys in and wipe them when closed; they
 * bound what they allocate by the length of what they are given, and say so in {@code MALFORMED} beyond it.
 */
public interface LegacyCipher extends AutoCloseable {
    /** What tells the ciphertext of a format from other bytes. */
    enum Evidence {
        /** It begins with a mark that no envelope and no text of people bears: {@link #recognises} is to be trusted. */
        MARK,
        /** Its length only; whether it is one shows when its authentication tag is checked. */
        TAG,
        /**
         * Its length only, and it is not authenticated: a wrong key, damage or forgery may give a plaintext that
         * nobody wrote. Whoever can try what is refused can find out plaintext byte by byte, so nothing but an
         * application's own storage should be read, and no failure be told to a stranger.
         */
        NONE
    }

    /**
     * Name of the system and format, for messages and counts.
     *
     * @return such as {@code tink}
     */
    String name();

    /**
     * Until when this cipher reads.
     *
     * @return a date by which the old keys are gone
     */
    Sunset sunset();

    /**
     * What tells its ciphertext from other bytes.
     *
     * @return the same each time
     */
    Evidence evidence();

    /**
     * Whether {@code stored} looks like ciphertext of this format, whoever made it and whether or not its key is
     * here; judged by its mark and length, without keys.
     *
     * @param stored anything at all
     * @return whether {@link #decrypt} should be tried
     */
    boolean recognises(byte[] stored);

    /**
     * The plaintext of {@code stored}.
     *
     * @param stored ciphertext as the other system gave it, text in UTF-8; of any origin
     * @param associatedData what the other system authenticated besides; empty for none, and for formats that cannot
     * @return the plaintext, which the caller owns and wipes
     * @throws EnvelopeException {@code DISABLED} from {@link #sunset} on or if its key is disabled, {@code DESTROYED}
     *     if its key is, {@code UNKNOWN_VERSION} if it names a key that is not among those this cipher was made with,
     *     {@code TAMPERED} if it was changed, made with another key or with other associated data, {@code UNSUPPORTED}
     *     if it uses a part of the format that is not read, and else {@code MALFORMED}
     * @throws IllegalStateException if this cipher is closed
     */
    byte[] decrypt(byte[] stored, byte[] associatedData);

    /** Wipes the keys. May be called again. */
    @Override
    void close();
}
