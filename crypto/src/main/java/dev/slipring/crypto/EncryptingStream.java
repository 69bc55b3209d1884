package dev.slipring.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the chunks of one envelope, of any length. What is written is sealed as it comes, a chunk passed on as soon
 * as it is whole and the last one by {@link #close()}. Holds two chunks; not safe for use by several threads.
 */
final class EncryptingStream extends OutputStream {
    /** Pieces below this length are collected first: a call of the cipher costs more than the copy. */
    private static final int COLLECTED = 1024;

    private final OutputStream sink;
    private final StreamStart start;
    private final ByteBuffer plaintext = ByteBuffer.allocate(ChunkedMessage.CHUNK);
    private final ByteBuffer sealed = ByteBuffer.allocate(ChunkedMessage.SEALED_CHUNK);
    private @Nullable ChunkedMessage message;
    private long next;
    /** How much plaintext of the present chunk the cipher has. */
    private int given;

    private boolean intact = true;

    private EncryptingStream(StreamStart start, OutputStream sink) {
        this.sink = sink;
        this.start = start;
        message = start.message();
    }

    /** The stream that {@code start} begins, its head written to {@code sink}; owns both. */
    static EncryptingStream begin(StreamStart start, OutputStream sink) throws IOException {
        try {
            sink.write(start.head());
        } catch (IOException | RuntimeException e) {
            start.message().wipe();
            throw e;
        }
        start.kek().produced();
        return new EncryptingStream(start, sink);
    }

    @Override
    public void write(int value) throws IOException {
        ChunkedMessage writing = writable();
        plaintext.put((byte) value);
        if (room() == 0) {
            end(writing, plaintext.flip());
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        ChunkedMessage writing = writable();
        ByteBuffer in = ByteBuffer.wrap(from, offset, length);
        int end = in.limit();
        while (in.hasRemaining()) {
            in.limit(Math.min(end, in.position() + room()));
            take(writing, in);
            in.limit(end);
        }
    }

    /** Flushes the chunks that are written; what does not fill one yet stays here. */
    @Override
    public void flush() throws IOException {
        sink.flush();
    }

    @Override
    public void close() throws IOException {
        ChunkedMessage ending = message;
        if (ending == null) {
            return;
        }
        message = null;
        try {
            if (intact) {
                end(ending, plaintext.flip());
                start.kek().produced();
            }
        } finally {
            ending.wipe();
            Arrays.fill(plaintext.array(), (byte) 0);
            sink.close();
        }
    }

    private ChunkedMessage writable() throws IOException {
        ChunkedMessage writing = message;
        if (writing == null) {
            throw new IOException("the stream is closed");
        }
        if (!intact) {
            throw new IOException("an earlier write failed");
        }
        return writing;
    }

    /** How much plaintext the chunk still takes. */
    private int room() {
        return ChunkedMessage.CHUNK - given - plaintext.position();
    }

    /** Takes all of {@code piece}, for which there is room. */
    private void take(ChunkedMessage writing, ByteBuffer piece) throws IOException {
        boolean fills = piece.remaining() == room();
        if (!fills && piece.remaining() < COLLECTED) {
            plaintext.put(piece);
            return;
        }
        if (plaintext.position() > 0) {
            add(writing, plaintext.flip());
            plaintext.clear();
        }
        if (fills) {
            end(writing, piece);
        } else {
            add(writing, piece);
        }
    }

    /** Not intact meanwhile: after half a chunk nothing that follows could be read. */
    private void add(ChunkedMessage writing, ByteBuffer piece) {
        intact = false;
        beginIfNew(writing);
        given += piece.remaining();
        writing.add(piece, sealed);
        intact = true;
    }

    /** The same with the last piece of a chunk, of which nothing goes out before now. */
    private void end(ChunkedMessage writing, ByteBuffer piece) throws IOException {
        intact = false;
        if (!start.valid()) {
            throw new IOException("the data keys were dropped since the stream began");
        }
        beginIfNew(writing);
        writing.end(piece, sealed);
        given = 0;
        next++;
        plaintext.clear();
        sink.write(sealed.array(), 0, sealed.position());
        intact = true;
    }

    private void beginIfNew(ChunkedMessage writing) {
        if (given == 0) {
            writing.begin(next);
            sealed.clear();
        }
    }
}
