package dev.slipring.crypto;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.DataKeyStore;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Encrypts into envelopes and opens them, with key encryption keys (KEKs) from a {@link RotatingSecret}.
 *
 * <p>Encrypting uses the secret's primary version: a random data key, wrapped once by the KEK, encrypts up
 * to a {@link DataKeyBudget} of messages, and a promoted version gets a new data key at the next call.
 * Opening takes the version that the envelope names, if the ring is one this encryptor was built with and
 * the version is accepted: exactly one key, never a trial of several. {@link #rewrap} brings an old envelope
 * under the primary version without reading its payload.
 *
 * <p>A version marked as compromised opens envelopes as long as it is accepted. Rewrapping does not cure a
 * compromise, since whoever had the KEK may hold the data keys: open and encrypt again instead. Where the secret's
 * policy is to stop producing when its view is stale, nothing is encrypted or rewrapped meanwhile; opening goes on.
 *
 * <p>What fits in memory is encrypted whole, more by {@link #streams()}. Which of the format's suites is written
 * follows from what {@link Builder} is told of the writers; all are read.
 *
 * <p>Whatever bytes are given to be opened, the only exception is {@link EnvelopeException}, in streams as the cause
 * of an {@link java.io.IOException}. Envelopes made within one data key's life share its commitment and wrapped form,
 * so they can be linked to one process.
 *
 * <p>Safe for use by several threads. The secrets stay the caller's to close, after this; {@link #close()}
 * wipes the keys held here, those of open streams excepted. Arrays are read and not kept, results belong to the caller.
 */
public final class EnvelopeEncryptor implements AutoCloseable {
    /** The longest plaintext, in bytes: 64 MiB. */
    public static final int MAX_PLAINTEXT = Envelope.MAX_PLAINTEXT;

    /** No envelope's header is longer, in bytes: what {@link Rewrapping#header} needs of a long one. */
    public static final int MAX_HEADER = Envelope.MAX_HEADER;

    private final EnvelopeKeys keys;
    private final String partition;
    private final int longest;
    private volatile boolean closed;

    private EnvelopeEncryptor(EnvelopeKeys keys, String partition, int longest) {
        this.keys = keys;
        this.partition = partition;
        this.longest = longest;
    }

    /**
     * Prepares an encryptor whose data keys are wrapped by {@code kek}.
     *
     * @param kek the secret whose versions are the KEKs, with values of at least 32 bytes
     * @return a builder with the standard budget
     */
    public static Builder builder(RotatingSecret kek) {
        return new Builder(RingSource.local(kek));
    }

    /**
     * Prepares an encryptor whose data keys are wrapped by keys that somebody else holds. The versions of {@code ring}
     * are rotated like those of any other secret; their values name keys, and are none.
     *
     * @param ring the secret whose versions stand for the remote keys
     * @param remote finds the key that a version's value names
     * @return a builder with the standard budget
     */
    public static Builder builder(RotatingSecret ring, KeyWrapper.Source remote) {
        return new Builder(RingSource.remote(ring, remote));
    }

    /**
     * The envelope of {@code plaintext}, which opens with an equal {@code context} only. More than 16 KiB go out in
     * chunks (suite 04), which cost 16 bytes each, unless the builder was told of repeatable randomness or a FIPS
     * profile.
     *
     * @param plaintext what to encrypt, at most {@link #MAX_PLAINTEXT} bytes
     * @param context what the envelope belongs to
     * @return an envelope in binary form
     * @throws IllegalArgumentException if the plaintext is longer than {@link #MAX_PLAINTEXT} or a data key's
     *     whole budget
     * @throws EnvelopeException {@code KEY_UNAVAILABLE} if a data key is needed, and the primary version's value cannot
     *     serve as a KEK, or a remote key or the store does not answer
     * @throws StaleKeyringException if the view of the secret is stale and its policy is to stop producing then
     * @throws IllegalStateException if this encryptor is closed
     */
    public byte[] encrypt(byte[] plaintext, Context context) {
        Objects.requireNonNull(context, "context");
        if (plaintext.length > longest) {
            throw new IllegalArgumentException(
                    "a plaintext of " + plaintext.length + " bytes is over the limit of " + longest);
        }
        keys.wrapping().checkProduction();
        return whileLive(
                () -> keys.sealers().reserve(partition, plaintext.length).seal(plaintext, context));
    }

    /**
     * The plaintext of {@code envelope}.
     *
     * @param envelope an envelope in binary form, of any origin
     * @param context what the envelope belongs to
     * @return the plaintext
     * @throws EnvelopeException if it cannot be opened
     * @throws IllegalStateException if this encryptor is closed
     */
    public byte[] decrypt(byte[] envelope, Context context) {
        Objects.requireNonNull(context, "context");
        Envelope parsed = Envelope.parse(envelope);
        return whileLive(() -> keys.open(parsed, partition, null).key().open(parsed, context));
    }

    /**
     * The same as {@link #encrypt}, as text: {@code e1.} and base64url.
     *
     * @param plaintext what to encrypt, at most {@link #MAX_PLAINTEXT} bytes
     * @param context what the envelope belongs to
     * @return an envelope in text form
     * @throws RuntimeException as in {@link #encrypt}
     */
    public String encryptToText(byte[] plaintext, Context context) {
        return EnvelopeText.write(encrypt(plaintext, context));
    }

    /**
     * The plaintext of an envelope in text form.
     *
     * @param text an envelope in text form, of any origin
     * @param context what the envelope belongs to
     * @return the plaintext
     * @throws EnvelopeException if it cannot be opened, or is not in the one legal spelling
     * @throws IllegalStateException if this encryptor is closed
     */
    public byte[] decryptText(String text, Context context) {
        return decrypt(EnvelopeText.read(text), context);
    }

    /**
     * The ways to encrypt and decrypt what is too long to be held in memory.
     *
     * @return the operations on this encryptor's keys, of no use once it is closed
     */
    public EnvelopeStreams streams() {
        return new EnvelopeStreams(this::whileLive, keys, partition);
    }

    /**
     * Brings {@code envelope} under the primary version: the same data key, wrapped anew; commitment and
     * payload stay as they are. The old wrapping and the commitment are checked, also if nothing is to be
     * done. The payload is not read, so a forged payload is not found, and no context is needed. An envelope
     * of a ring given to {@link Builder#alsoOpens} moves to the ring that encrypts. In reference mode the envelope
     * never changes: the record of its data key does, in the store.
     *
     * @param envelope an envelope in binary form
     * @return the envelope to store
     * @throws EnvelopeException if the data key cannot be unwrapped
     * @throws StaleKeyringException as in {@link #encrypt}, if there is something to be done
     * @throws IllegalStateException if this encryptor is closed
     */
    public Rewrapped rewrap(byte[] envelope) {
        Envelope parsed = Envelope.parse(envelope);
        return whileLive(() -> rewrapping().one(parsed));
    }

    /**
     * The ways to rewrap more than one envelope or a very long one, and to move envelopes between the modes.
     *
     * @return the operations on this encryptor's keys, of no use once it is closed
     */
    public Rewrapping rewrapping() {
        return new Rewrapping(keys, partition);
    }

    /**
     * Which suite, ring and version {@code envelope} is under, proved by unwrapping its data key and
     * recomputing the commitment: what a census may count. The payload is not read, and need not be given. In
     * reference mode it is what the store's record says now.
     *
     * @param envelope an envelope in binary form, or its first {@link #MAX_HEADER} bytes
     * @return its header
     * @throws EnvelopeException if the data key cannot be unwrapped
     * @throws IllegalStateException if this encryptor is closed
     */
    public EnvelopeHeader checkedHeader(byte[] envelope) {
        Envelope parsed = Envelope.parseBeginning(envelope);
        return whileLive(() -> keys.openPresent(parsed, partition).wrapped().header());
    }

    /**
     * This encryptor with data keys of its own for {@code name}: what is encrypted for one tenant shares no data key
     * with what is encrypted for another, and nothing opened for one is found by another. An envelope does not say
     * which partition made it, and opens in any: what it belongs to is said by the {@link Context}.
     *
     * <p>The keys of the last 4096 partitions in use are kept; more of them cost a wrapping each time. Closing the
     * result forgets the keys of this partition and nothing else.
     *
     * @param name of the partition, not empty; the same name is the same partition
     * @return an encryptor on the same secrets, which is of no use once this one is closed
     * @throws IllegalArgumentException if the name is empty
     */
    public EnvelopeEncryptor partition(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a partition has a name");
        }
        return new EnvelopeEncryptor(keys, name, longest);
    }

    /**
     * The data keys at hand, and their records in the store.
     *
     * @return the operations on this encryptor's data keys, of no use once it is closed
     */
    public DataKeys dataKeys() {
        return new DataKeys(keys, partition);
    }

    /**
     * Forgets all data keys, of all partitions: the next message is encrypted under a new one, and streams that are
     * being encrypted fail. To be called before a checkpoint and after a restore; the package documentation shows how.
     */
    public void dropKeys() {
        keys.drop();
    }

    /** Wipes all keys held here; of a partition, those of the partition. May be called again. */
    @Override
    public void close() {
        closed = true;
        if (partition.isEmpty()) {
            keys.close();
        } else {
            keys.drop(partition);
        }
    }

    @Override
    public String toString() {
        return "EnvelopeEncryptor" + keys;
    }

    private <T> T whileLive(Supplier<T> use) {
        if (closed) {
            throw new IllegalStateException("this encryptor is closed");
        }
        return keys.whileLive(use);
    }

    /** Collects what an {@link EnvelopeEncryptor} is made of. Not thread-safe. */
    public static final class Builder {
        private final EncryptorDraft draft;

        private Builder(RingSource wrapping) {
            draft = new EncryptorDraft(wrapping);
        }

        /**
         * Adds a secret under which envelopes may be, to be opened and rewrapped; it never encrypts.
         *
         * @param other a secret with another ring id
         * @return this
         */
        public Builder alsoOpens(RotatingSecret other) {
            draft.rings.add(RingSource.local(other));
            return this;
        }

        /**
         * The same for a secret whose values name keys that somebody else holds.
         *
         * @param other a secret with another ring id
         * @param remote finds the key that a version's value names
         * @return this
         */
        public Builder alsoOpens(RotatingSecret other, KeyWrapper.Source remote) {
            draft.rings.add(RingSource.remote(other, remote));
            return this;
        }

        /**
         * Says that others encrypt under this encryptor's data keys as well. Each message then gets a key of
         * its own, derived with a random salt (suite 02 up to 16 KiB, where an envelope is 16 bytes longer, and
         * 04 beyond), so that the writers need not count together. Unless told, a data key encrypts in this
         * encryptor alone.
         *
         * @return this
         */
        public Builder sharedDataKeys() {
            draft.shared = true;
            return this;
        }

        /**
         * Says that this host's random source may give the same bytes twice: a virtual machine that is cloned
         * or set back to a snapshot, a process that is restored from a checkpoint. Messages then go out under
         * AES-256-GCM-SIV (suite 03), where a repetition shows that two plaintexts are equal and nothing else.
         * It takes Bouncy Castle's engine, which is many times slower than the platform's on long plaintexts. Includes
         * what {@link #sharedDataKeys} is for.
         *
         * @return this
         */
        public Builder repeatableRandomness() {
            draft.repeatable = true;
            return this;
        }

        /**
         * Opens envelopes in reference mode as well, whose data keys are in {@code value}; unless told, they are
         * {@code UNSUPPORTED}.
         *
         * @param value the store, which stays the caller's
         * @return this
         */
        public Builder dataKeyStore(DataKeyStore value) {
            draft.store = Objects.requireNonNull(value, "store");
            return this;
        }

        /**
         * The same, and makes new envelopes in reference mode, 50 bytes shorter under a local KEK: each refers to
         * the record of its data key, which is stored before the first envelope is handed out.
         *
         * @param value the store, which stays the caller's
         * @return this
         */
        public Builder reference(DataKeyStore value) {
            draft.refers = true;
            return dataKeyStore(value);
        }

        /**
         * How much one data key encrypts; {@link DataKeyBudget#standard()} unless told.
         *
         * @param value the bounds
         * @return this
         */
        public Builder dataKeyBudget(DataKeyBudget value) {
            draft.budget = Objects.requireNonNull(value, "budget");
            return this;
        }

        /**
         * When data keys are made, by whom, and how long they are waited for; {@link KeySupply#standard()} unless
         * told.
         *
         * @param value how data keys are come by
         * @return this
         */
        public Builder keySupply(KeySupply value) {
            draft.supply = Objects.requireNonNull(value, "supply");
            return this;
        }

        /**
         * The monotonic clock that measures the age of data keys; the system's unless told.
         *
         * @param value the clock
         * @return this
         */
        public Builder ticker(Ticker value) {
            draft.ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /**
         * Where the cryptography comes from, all of it; {@link CryptoProviders#platform()} unless told.
         *
         * @param value the providers
         * @return this
         */
        public Builder providers(CryptoProviders value) {
            draft.providers = Objects.requireNonNull(value, "providers");
            return this;
        }

        /**
         * An encryptor, after a known-answer test of its providers.
         *
         * @return the encryptor, to be closed before its secrets are
         * @throws IllegalArgumentException if two secrets have one ring id, an accepted version's value is
         *     shorter than 32 bytes, the outage budget is not below a data key's age, or
         *     {@link #repeatableRandomness} was said to a FIPS profile
         * @throws EnvelopeException {@code UNSUPPORTED} if {@link #repeatableRandomness} was said and Bouncy
         *     Castle is not there
         * @throws IllegalStateException if a provider lacks an algorithm or computes it wrongly
         */
        public EnvelopeEncryptor build() {
            EnvelopeKeys.Plan plan = draft.plan();
            int longest = (int) Math.min(MAX_PLAINTEXT, plan.budget().bytes());
            return new EnvelopeEncryptor(new EnvelopeKeys(plan), "", longest);
        }
    }
}
