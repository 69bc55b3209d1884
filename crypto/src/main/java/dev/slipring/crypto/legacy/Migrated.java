package dev.slipring.crypto.legacy;

import dev.slipring.crypto.EnvelopeText;

/**
 * What {@link EnvelopeMigrator} made of something stored: an envelope under the primary version, and what it was
 * before. A closed set, for a migration to count. Not safe for use by several threads if one of them writes to the
 * bytes.
 */
public abstract sealed class Migrated {
    private final byte[] envelope;

    private Migrated(byte[] envelope) {
        this.envelope = envelope;
    }

    /** An envelope under the primary version already: nothing is to be stored. */
    public static final class Kept extends Migrated {
        Kept(byte[] envelope) {
            super(envelope);
        }
    }

    /** An envelope under another version or ring, rewrapped: the same payload. */
    public static final class Rewrapped extends Migrated {
        Rewrapped(byte[] envelope) {
            super(envelope);
        }
    }

    /** Ciphertext of another system, decrypted and encrypted anew. */
    public static final class Reencrypted extends Migrated {
        private final String from;

        Reencrypted(byte[] envelope, String from) {
            super(envelope);
            this.from = from;
        }

        /**
         * What had encrypted it.
         *
         * @return the name of its {@link LegacyCipher}
         */
        public String from() {
            return from;
        }
    }

    /** Plaintext, encrypted for the first time. */
    public static final class Encrypted extends Migrated {
        Encrypted(byte[] envelope) {
            super(envelope);
        }
    }

    /**
     * The envelope to store, in binary form.
     *
     * @return the caller's; of {@link Kept} the array that was given, if that was in binary form
     */
    public byte[] envelope() {
        return envelope;
    }

    /**
     * The envelope to store, as text.
     *
     * @return {@code e1.} and base64url
     */
    public String text() {
        return EnvelopeText.write(envelope);
    }

    /**
     * Whether it has to be stored.
     *
     * @return false for {@link Kept} only
     */
    public boolean changed() {
        return !(this instanceof Kept);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + envelope.length + " bytes]";
    }
}
