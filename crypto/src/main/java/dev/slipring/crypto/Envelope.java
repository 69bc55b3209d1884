package dev.slipring.crypto;

import dev.slipring.store.Commitment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An envelope taken apart: magic, version, suite, mode; in inline mode ring id, KEK version, length of the wrapped
 * DEK, wrapped DEK; then commitment and body. In reference mode what is left out stands in a {@link DataKeyRecord}.
 * Nothing of it is authenticated by being parsed. Refers to the caller's array.
 */
final class Envelope {
    /** The longest plaintext, in bytes. */
    static final int MAX_PLAINTEXT = 64 << 20;

    static final byte VERSION = 1;
    static final int COMMITMENT_LENGTH = 32;

    /** The longest wrapped DEK, in bytes. */
    static final int MAX_WRAPPED = 4096;

    /** Length of what says where the body begins. */
    static final int FIXED_LENGTH = 15;

    private static final int WRAPPED = FIXED_LENGTH;

    /** The longest an envelope can be before its body. */
    static final int MAX_HEADER = WRAPPED + MAX_WRAPPED + COMMITMENT_LENGTH;

    /** The longest envelope; text and bytes beyond it are refused before anything is allocated. */
    static final int MAX_LENGTH = MAX_HEADER
            + Arrays.stream(Suite.values())
                    .mapToInt(suite -> suite.bodyLength(MAX_PLAINTEXT))
                    .max()
                    .orElseThrow();

    private static final short MAGIC = (short) 0xF553;
    private static final byte INLINE = 0;
    private static final byte REFERENCE = 1;
    private static final int MODE = 4;
    /** Where the commitment stands in reference mode. */
    private static final int REFERRING = 5;

    private final byte[] bytes;
    private final Suite suite;
    private final @Nullable EnvelopeHeader header;
    private final int commitmentOffset;

    private Envelope(byte[] bytes, Suite suite, @Nullable EnvelopeHeader header, int commitmentOffset) {
        this.bytes = bytes;
        this.suite = suite;
        this.header = header;
        this.commitmentOffset = commitmentOffset;
    }

    /**
     * Takes a whole envelope apart.
     *
     * @throws EnvelopeException {@code MALFORMED} if {@code bytes} are none, {@code UNSUPPORTED} if they are one
     *     of another version, suite or mode
     */
    static Envelope parse(byte[] bytes) {
        if (bytes.length > MAX_LENGTH) {
            throw EnvelopeException.malformed(bytes.length + " bytes are over the limit for one envelope in memory");
        }
        Envelope envelope = parseBeginning(bytes);
        int body = bytes.length - envelope.bodyOffset();
        Suite suite = envelope.suite;
        if (body < suite.shortestBody() || body > suite.bodyLength(MAX_PLAINTEXT)) {
            throw EnvelopeException.malformed("an envelope of suite " + suite.id() + " has no body of " + body);
        }
        return envelope;
    }

    /**
     * Takes the beginning of an envelope apart, which reaches to the body at least.
     *
     * @throws EnvelopeException as in {@link #parse}
     */
    static Envelope parseBeginning(byte[] bytes) {
        Envelope envelope = parseFixed(bytes);
        if (bytes.length < envelope.bodyOffset()) {
            throw EnvelopeException.malformed("the envelope ends within its header");
        }
        return envelope;
    }

    /**
     * Takes apart what says where the body begins; nothing beyond {@link #FIXED_LENGTH} is looked at.
     *
     * @throws EnvelopeException as in {@link #parse}
     */
    static Envelope parseFixed(byte[] bytes) {
        if (bytes.length <= MODE) {
            throw EnvelopeException.malformed(bytes.length + " bytes are no envelope");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getShort() != MAGIC) {
            throw EnvelopeException.malformed("not an envelope: the magic bytes are missing");
        }
        byte version = in.get();
        if (version != VERSION) {
            throw EnvelopeException.unsupported("envelope format " + Byte.toUnsignedInt(version) + " is not supported");
        }
        Suite suite = Suite.of(in.get());
        byte mode = in.get();
        if (mode == REFERENCE) {
            return new Envelope(bytes, suite, null, REFERRING);
        }
        if (mode != INLINE) {
            throw EnvelopeException.unsupported("envelope mode " + Byte.toUnsignedInt(mode) + " is not supported");
        }
        if (bytes.length < FIXED_LENGTH) {
            throw EnvelopeException.malformed("the envelope ends within its header");
        }
        EnvelopeHeader header = new EnvelopeHeader(suite.id(), in.getInt(), in.getInt());
        int wrapped = Short.toUnsignedInt(in.getShort());
        if (wrapped > MAX_WRAPPED) {
            throw EnvelopeException.malformed("a wrapped key of " + wrapped + " bytes is over " + MAX_WRAPPED);
        }
        return new Envelope(bytes, suite, header, WRAPPED + wrapped);
    }

    /** Everything before the body: the same for all envelopes under one wrapping of one data key. */
    static byte[] prefix(Suite suite, WrappingKey kek, byte[] wrapped, byte[] commitment) {
        return ByteBuffer.allocate(WRAPPED + wrapped.length + commitment.length)
                .putShort(MAGIC)
                .put(VERSION)
                .put(suite.id())
                .put(INLINE)
                .putInt(kek.ringId())
                .putInt(kek.version())
                .putShort((short) wrapped.length)
                .put(wrapped)
                .put(commitment)
                .array();
    }

    /** The same in reference mode. */
    static byte[] referringPrefix(Suite suite, byte[] commitment) {
        return ByteBuffer.allocate(REFERRING + commitment.length)
                .putShort(MAGIC)
                .put(VERSION)
                .put(suite.id())
                .put(REFERENCE)
                .put(commitment)
                .array();
    }

    /**
     * What it says of itself.
     *
     * @throws EnvelopeException {@code UNSUPPORTED} if it is in reference mode
     */
    EnvelopeHeader header() {
        if (header == null) {
            throw EnvelopeException.unsupported("an envelope in reference mode names no ring and version itself");
        }
        return header;
    }

    /** Whether it is in reference mode. */
    boolean refers() {
        return header == null;
    }

    Suite suite() {
        return suite;
    }

    /** What its data key is found by. */
    Commitment commitment() {
        return Commitment.copyOf(Arrays.copyOfRange(bytes, commitmentOffset, bodyOffset()));
    }

    /** How to come by the data key, in inline mode. */
    WrappedKey wrappedKey() {
        byte[] wrappedAndCommitment = Arrays.copyOfRange(bytes, WRAPPED, bodyOffset());
        return new WrappedKey(suite, header(), commitmentOffset - WRAPPED, wrappedAndCommitment);
    }

    /** What the body is read from, together with {@link #bodyOffset()}. */
    byte[] bytes() {
        return bytes;
    }

    int bodyOffset() {
        return commitmentOffset + COMMITMENT_LENGTH;
    }

    /** This envelope in inline mode, with its data key as {@code key} has it; all else is copied as it stands. */
    byte[] inline(WrappedKey key) {
        byte[] wrapped = key.wrapped();
        int kept = bytes.length - commitmentOffset;
        return ByteBuffer.allocate(WRAPPED + wrapped.length + kept)
                .put(bytes, 0, MODE)
                .put(INLINE)
                .putInt(key.header().ringId())
                .putInt(key.header().kekVersion())
                .putShort((short) wrapped.length)
                .put(wrapped)
                .put(bytes, commitmentOffset, kept)
                .array();
    }

    /** This envelope in reference mode; what is kept is copied as it stands. */
    byte[] referring() {
        int kept = bytes.length - commitmentOffset;
        return ByteBuffer.allocate(REFERRING + kept)
                .put(bytes, 0, MODE)
                .put(REFERENCE)
                .put(bytes, commitmentOffset, kept)
                .array();
    }
}
