package dev.slipring.crypto;

import java.io.IOException;
import java.util.Arrays;

/** Reads what comes before the chunks of an envelope that is too long to be held. */
final class StreamHead {
    private StreamHead() {}

    /**
     * The header and what the body of a chunked envelope begins with, and not a byte more.
     *
     * @throws IOException if {@code source} fails
     * @throws EnvelopeException {@code MALFORMED} if they are no envelope or end too early, {@code UNSUPPORTED}
     *     if the envelope is not known or is not one of chunks
     */
    static Envelope read(ByteSource source) throws IOException {
        byte[] fixed = new byte[Envelope.FIXED_LENGTH];
        int got = source.read(fixed, 0, fixed.length);
        Envelope claimed = Envelope.parseFixed(Arrays.copyOf(fixed, got));
        if (!claimed.suite().streams()) {
            throw EnvelopeException.unsupported("an envelope of suite "
                    + claimed.suite().id() + " has no chunks: it is opened whole, not as a stream");
        }
        byte[] head = Arrays.copyOf(fixed, claimed.bodyOffset() + ChunkedMessage.HEADER_LENGTH);
        got += source.read(head, got, head.length - got);
        if (got < head.length) {
            throw EnvelopeException.malformed("the envelope ends within its header");
        }
        return Envelope.parseBeginning(head);
    }
}
