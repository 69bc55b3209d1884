package dev.slipring.crypto.legacy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeException;
import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.crypto.EnvelopeText;
import dev.slipring.crypto.Rewrapped;
import dev.slipring.crypto.legacy.LegacyCipher.Evidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes an envelope of whatever lies in a column on the way to envelopes: an envelope is kept or rewrapped,
 * ciphertext of another system is decrypted and encrypted anew, and plaintext is encrypted where that was allowed.
 * Running a table through it again changes nothing, so an interrupted migration begins anew.
 *
 * <p>What something is shows in its first bytes: the envelope's magic or {@code e1.}, then the marks of the
 * {@link LegacyCipher}s in the order they were given. What bears a mark is that and nothing else, so damage is
 * reported and never taken for plaintext. What bears none is tried with the ciphers that tell their own by a tag or by
 * nothing. An envelope is not decrypted here, so its context and payload are not checked.
 *
 * <p>Safe for use by several threads. The encryptor and the ciphers stay the caller's to close.
 */
public final class EnvelopeMigrator {
    private static final byte[] MAGIC = {(byte) 0xF5, 0x53};
    private static final byte[] TEXT_MAGIC = "e1.".getBytes(US_ASCII);
    private static final byte[] NOTHING = {};

    private final EnvelopeEncryptor encryptor;
    private final List<LegacyCipher> marked;
    private final List<LegacyCipher> unmarked;
    private final @Nullable Sunset plaintext;

    private EnvelopeMigrator(Builder builder) {
        encryptor = builder.encryptor;
        marked = builder.ciphers.stream()
                .filter(cipher -> cipher.evidence() == Evidence.MARK)
                .toList();
        unmarked = builder.ciphers.stream()
                .filter(cipher -> cipher.evidence() != Evidence.MARK)
                .toList();
        plaintext = builder.plaintext;
    }

    /**
     * Prepares a migrator that takes envelopes alone.
     *
     * @param encryptor makes the envelopes
     * @return a builder
     */
    public static Builder builder(EnvelopeEncryptor encryptor) {
        return new Builder(encryptor);
    }

    /**
     * The envelope of what {@code stored} holds.
     *
     * @param stored an envelope in either form, ciphertext of one of the other systems, or plaintext; text in UTF-8
     * @param context what the envelope belongs to
     * @return the envelope to store, and what it was before
     * @throws EnvelopeException if {@code stored} is none of these or cannot be opened; {@code DISABLED} if the sunset
     *     of what it is has passed
     * @throws RuntimeException what {@link EnvelopeEncryptor#encrypt} throws
     */
    public Migrated toEnvelope(byte[] stored, Context context) {
        return toEnvelope(stored, NOTHING, context);
    }

    /**
     * The same for a system that authenticated something besides the ciphertext.
     *
     * @param stored an envelope in either form, ciphertext of one of the other systems, or plaintext; text in UTF-8
     * @param associatedData what the other system authenticated; of no effect on envelopes and plaintext
     * @param context what the envelope belongs to
     * @return the envelope to store, and what it was before
     * @throws EnvelopeException as above
     * @throws RuntimeException what {@link EnvelopeEncryptor#encrypt} throws
     */
    public Migrated toEnvelope(byte[] stored, byte[] associatedData, Context context) {
        Objects.requireNonNull(associatedData, "associatedData");
        Objects.requireNonNull(context, "context");
        if (Marks.begins(stored, MAGIC) || Marks.begins(stored, TEXT_MAGIC)) {
            return ofEnvelope(stored, associatedData, context);
        }
        for (LegacyCipher cipher : marked) {
            if (cipher.recognises(stored)) {
                return reencrypted(cipher, stored, associatedData, context);
            }
        }
        Migrated migrated = ofUnmarked(unmarked, stored, associatedData, context);
        return migrated != null ? migrated : ofPlaintext(stored, context);
    }

    @Override
    public String toString() {
        return "EnvelopeMigrator[" + encryptor + ", " + marked + ", " + unmarked + ", plaintext " + plaintext + "]";
    }

    /** Ciphertext without a mark begins like an envelope once in 65536 times; its tag tells. */
    private Migrated ofEnvelope(byte[] stored, byte[] associatedData, Context context) {
        try {
            byte[] envelope = stored[0] == MAGIC[0] ? stored : EnvelopeText.read(new String(stored, ISO_8859_1));
            Rewrapped rewrapped = encryptor.rewrap(envelope);
            return rewrapped.changed()
                    ? new Migrated.Rewrapped(rewrapped.bytes())
                    : new Migrated.Kept(rewrapped.bytes());
        } catch (EnvelopeException e) {
            if (e.failure() != Failure.MALFORMED && e.failure() != Failure.UNSUPPORTED) {
                throw e;
            }
            Migrated migrated = ofTagged(stored, associatedData, context);
            if (migrated == null) {
                throw e;
            }
            return migrated;
        }
    }

    private @Nullable Migrated ofTagged(byte[] stored, byte[] associatedData, Context context) {
        List<LegacyCipher> tagged = unmarked.stream()
                .filter(cipher -> cipher.evidence() == Evidence.TAG)
                .toList();
        try {
            return ofUnmarked(tagged, stored, associatedData, context);
        } catch (EnvelopeException e) {
            return null;
        }
    }

    /** Null if none of {@code ciphers} recognises {@code stored}. */
    private @Nullable Migrated ofUnmarked(
            List<LegacyCipher> ciphers, byte[] stored, byte[] associatedData, Context context) {
        EnvelopeException refusal = null;
        for (LegacyCipher cipher : ciphers) {
            if (cipher.recognises(stored)) {
                try {
                    return reencrypted(cipher, stored, associatedData, context);
                } catch (EnvelopeException e) {
                    refusal = refusal == null ? e : refusal;
                }
            }
        }
        if (refusal != null) {
            throw refusal;
        }
        return null;
    }

    private Migrated reencrypted(LegacyCipher cipher, byte[] stored, byte[] associatedData, Context context) {
        cipher.sunset().check(cipher.name());
        byte[] opened = cipher.decrypt(stored, associatedData);
        try {
            return new Migrated.Reencrypted(encryptor.encrypt(opened, context), cipher.name());
        } finally {
            Arrays.fill(opened, (byte) 0);
        }
    }

    private Migrated ofPlaintext(byte[] stored, Context context) {
        if (plaintext == null || stored.length > EnvelopeEncryptor.MAX_PLAINTEXT) {
            throw new EnvelopeException(
                    Failure.MALFORMED, stored.length + " bytes that are no envelope and none of the other formats");
        }
        plaintext.check("plaintext");
        return new Migrated.Encrypted(encryptor.encrypt(stored, context));
    }

    /** Collects what a column may hold. Not thread-safe. */
    public static final class Builder {
        private final EnvelopeEncryptor encryptor;
        private final List<LegacyCipher> ciphers = new ArrayList<>();
        private @Nullable Sunset plaintext;

        private Builder(EnvelopeEncryptor encryptor) {
            this.encryptor = Objects.requireNonNull(encryptor, "encryptor");
        }

        /**
         * Adds a system whose ciphertext the column may hold. Of one that is not authenticated, the row in 65536
         * that happens to begin like an envelope is refused: decrypt it with the cipher itself once it was looked at.
         *
         * @param cipher reads it; is not closed here
         * @return this
         */
        public Builder from(LegacyCipher cipher) {
            ciphers.add(Objects.requireNonNull(cipher, "cipher"));
            return this;
        }

        /**
         * Takes what is recognised as nothing else for plaintext, until {@code sunset}. Whoever can write to the
         * column can have anything encrypted as if the application had written it, which is what plaintext beside
         * ciphertext means; so keep the time short. Plaintext that begins with F5 53, {@code e1.} or the mark of one
         * of the ciphers is refused.
         *
         * @param sunset by when no plaintext is left
         * @return this
         */
        public Builder acceptPlaintextUntil(Sunset sunset) {
            plaintext = Objects.requireNonNull(sunset, "sunset");
            return this;
        }

        /**
         * A migrator for one column, or for several that hold the same.
         *
         * @return the migrator
         * @throws IllegalArgumentException if the ciphers cannot be told apart: a format that is not authenticated
         *     beside another without a mark, plaintext beside any format without a mark
         */
        public EnvelopeMigrator build() {
            List<LegacyCipher> unmarked = ciphers.stream()
                    .filter(cipher -> cipher.evidence() != Evidence.MARK)
                    .toList();
            List<String> names = unmarked.stream().map(LegacyCipher::name).toList();
            if (plaintext != null && !unmarked.isEmpty()) {
                throw new IllegalArgumentException("plaintext cannot be told from " + names);
            }
            if (unmarked.size() > 1 && unmarked.stream().anyMatch(cipher -> cipher.evidence() == Evidence.NONE)) {
                throw new IllegalArgumentException("these formats cannot be told apart: " + names);
            }
            return new EnvelopeMigrator(this);
        }
    }
}
