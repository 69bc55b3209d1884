package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a new stream begins with: the head of its envelope and the key of its chunks. Each has a data key of its
 * own, which encrypts nothing else, so that no bound that other messages share depends on how long a stream gets
 * or how long it takes.
 */
final class StreamStart {
    private final WrappingKey kek;
    private final byte[] head;
    private final ChunkedMessage message;

    private StreamStart(WrappingKey kek, byte[] head, ChunkedMessage message) {
        this.kek = kek;
        this.head = head;
        this.message = message;
    }

    /** The start of a stream in {@code suite} of a new data key, wrapped by {@code kek}. */
    static StreamStart under(Suite suite, WrappingKey kek, Context context) {
        byte[] dek = RandomBytes.of(DataKey.LENGTH);
        try {
            DataKey key = DataKey.derive(suite, dek);
            try {
                byte[] prefix = Envelope.prefix(suite, kek, kek.wrap(dek, suite, key.commitment()), key.commitment());
                ChunkedMessage message = key.newStream(context);
                byte[] header = message.header();
                ByteBuffer head = ByteBuffer.allocate(prefix.length + header.length);
                return new StreamStart(kek, head.put(prefix).put(header).array(), message);
            } finally {
                key.wipe();
            }
        } finally {
            Arrays.fill(dek, (byte) 0);
        }
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
