package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * What a new stream begins with: the head of its envelope and the key of its chunks. Each has a data key of its
 * own, which encrypts nothing else, so that no bound that other messages share depends on how long a stream gets
 * or how long it takes.
 */
final class StreamStart {
    private final WrappingKey kek;
    private final byte[] head;
    private final ChunkedMessage message;
    private final BooleanSupplier valid;

    private StreamStart(WrappingKey kek, byte[] head, ChunkedMessage message, BooleanSupplier valid) {
        this.kek = kek;
        this.head = head;
        this.message = message;
        this.valid = valid;
    }

    /** A start whose envelope begins with {@code prefix}, under a data key that {@code kek} wrapped. */
    static StreamStart of(WrappingKey kek, byte[] prefix, ChunkedMessage message, BooleanSupplier valid) {
        byte[] header = message.header();
        ByteBuffer head = ByteBuffer.allocate(prefix.length + header.length);
        return new StreamStart(kek, head.put(prefix).put(header).array(), message, valid);
    }

    /** Whether the key may still encrypt: a clone of this process would go on with the same IVs. */
    boolean valid() {
        return valid.getAsBoolean();
    }

    /** The KEK to tell of what is produced. */
    WrappingKey kek() {
        return kek;
    }

    /** What comes before the chunks. */
    byte[] head() {
        return head;
    }

    /** What seals the chunks, to be wiped by the stream. */
    ChunkedMessage message() {
        return message;
    }
}
