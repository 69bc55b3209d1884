package dev.slipring.crypto;

import dev.slipring.keyring.StaleKeyringException;
import java.util.stream.Stream;

/**
 * Brings stored envelopes under the primary version of the ring that encrypts, and moves them between the modes.
 * Commitment, context and payload are never touched, and no context is needed. A data key that many envelopes share
 * is unwrapped and wrapped once. For data keys in a store see {@link DataKeys}.
 *
 * <p>Every method throws {@link IllegalStateException} once the encryptor is closed, and
 * {@link StaleKeyringException} if there is something to be done while the view of the secret is stale and its policy
 * is to stop producing then. Safe for use by several threads, and by several processes at once.
 */
public final class Rewrapping {
    private final EnvelopeKeys keys;
    private final String partition;

    Rewrapping(EnvelopeKeys keys, String partition) {
        this.keys = keys;
        this.partition = partition;
    }

    /**
     * What becomes of each of {@code envelopes}, in their order, as the result is read.
     *
     * @param envelopes in binary form
     * @return one result for each
     */
    public Stream<RewrapResult> all(Stream<byte[]> envelopes) {
        return envelopes.map(envelope -> {
            try {
                Rewrapped rewrapped = one(Envelope.parse(envelope));
                return rewrapped.changed()
                        ? new RewrapResult.Changed(rewrapped.bytes())
                        : RewrapResult.Unchanged.INSTANCE;
            } catch (EnvelopeException e) {
                return new RewrapResult.Failed(e.failure(), String.valueOf(e.getMessage()));
            }
        });
    }

    /**
     * The same envelope in reference mode, once the store has its data-key record; a short one is returned as it is.
     * The record is under the primary version.
     *
     * @param envelope in binary form
     * @return the envelope to store
     * @throws EnvelopeException if the data key cannot be unwrapped; {@code UNSUPPORTED} without a store,
     *     {@code KEY_UNAVAILABLE} if it does not answer
     */
    public byte[] toReference(byte[] envelope) {
        Envelope parsed = Envelope.parse(envelope);
        return keys.whileLive(() -> {
            if (parsed.refers()) {
                keys.open(parsed, partition, null);
                return envelope;
            }
            WrappedKey wrapped = wrappedByPrimary(parsed);
            if (!keys.records().put(wrapped)) {
                keys.open(keys.records().read(parsed.commitment()), parsed.suite(), partition, null);
            }
            return parsed.referring();
        });
    }

    /**
     * The same envelope in inline mode, under the primary version. Its data-key record stays, since other envelopes
     * may need it.
     *
     * @param envelope in binary form
     * @return the envelope to store
     * @throws EnvelopeException if the data key cannot be found or unwrapped
     */
    public byte[] toInline(byte[] envelope) {
        Envelope parsed = Envelope.parse(envelope);
        return keys.whileLive(() -> parsed.inline(wrappedByPrimary(parsed)));
    }

    /**
     * The same as {@link EnvelopeEncryptor#rewrap} for an envelope too long to be held, of which it takes and gives back
     * the first bytes: all of the header, {@link EnvelopeEncryptor#MAX_HEADER} bytes or the whole envelope if that is
     * shorter, and as much more as there happens to be. Put the result in the place of what was given. As long as both
     * versions are local keys it has the same length, so that a file is rewrapped in place by writing it at position 0.
     * Keep the old bytes until the new ones are safe on disk: a header that is half of each opens nothing.
     *
     * @param beginning the first bytes of an envelope in binary form
     * @return what it is to begin with
     * @throws EnvelopeException if the data key cannot be unwrapped, {@code MALFORMED} if the header is cut
     */
    public Rewrapped header(byte[] beginning) {
        return one(Envelope.parseBeginning(beginning));
    }

    /** As in {@link EnvelopeEncryptor#rewrap}, for as much of {@code parsed} as was given. */
    Rewrapped one(Envelope parsed) {
        return keys.whileLive(() -> {
            if (parsed.refers()) {
                DataKeyRecord record = keys.records().read(parsed.commitment());
                new DataKeys(keys, partition).rewrap(record, parsed.suite());
                return new Rewrapped(parsed.bytes(), false);
            }
            Ring ring = keys.wrapping();
            WrappingKey primary = ring.primary();
            OpenedKey key = keys.open(parsed, partition, ring.wrapsNow(primary));
            return key.kek() == primary
                    ? new Rewrapped(parsed.bytes(), false)
                    : new Rewrapped(parsed.inline(ring.wrap(key, primary)), true);
        });
    }

    private WrappedKey wrappedByPrimary(Envelope envelope) {
        Ring ring = keys.wrapping();
        WrappingKey primary = ring.primary();
        OpenedKey key = keys.open(envelope, partition, ring.wrapsNow(primary));
        return key.kek() == primary ? key.wrapped() : ring.wrap(key, primary);
    }
}
