package dev.slipring.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the chunks of one envelope, of any length. A full chunk is sealed and written as soon as it is there, the
 * last one by {@link #close()}. Holds two chunks; not safe for use by several threads.
 */
final class EncryptingStream extends OutputStream {
    private final OutputStream sink;
    private final StreamStart start;
    private final ByteBuffer plaintext = ByteBuffer.allocate(ChunkedMessage.CHUNK);
    private final ByteBuffer sealed = ByteBuffer.allocate(ChunkedMessage.SEALED_CHUNK);
    private @Nullable ChunkedMessage message;
    private long next;
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
        sealIfFull(writing);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        ChunkedMessage writing = writable();
        ByteBuffer in = ByteBuffer.wrap(from, offset, length);
        int end = in.limit();
        while (in.hasRemaining()) {
            in.limit(Math.min(end, in.position() + plaintext.remaining()));
            if (in.remaining() == ChunkedMessage.CHUNK) {
                seal(writing, in); // a whole chunk need not be copied first
            } else {
                plaintext.put(in);
                sealIfFull(writing);
            }
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
                seal(ending, plaintext.flip());
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

    private void sealIfFull(ChunkedMessage writing) throws IOException {
        if (!plaintext.hasRemaining()) {
            seal(writing, plaintext.flip());
            plaintext.clear();
        }
    }

    /** Not intact meanwhile: after half a chunk nothing that follows could be read. */
    private void seal(ChunkedMessage writing, ByteBuffer chunk) throws IOException {
        intact = false;
        if (!start.valid()) {
            throw new IOException("the data keys were dropped since the stream began");
        }
        writing.seal(next++, chunk, sealed.clear());
        sink.write(sealed.array(), 0, sealed.position());
        intact = true;
    }
}
