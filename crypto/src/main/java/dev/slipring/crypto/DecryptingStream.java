package dev.slipring.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The plaintext of a chunked envelope whose head was read, chunk by chunk as the sealed bytes come. The end is
 * reported only after the last chunk, which is the short one, was verified. Not safe for use by several threads.
 */
final class DecryptingStream extends InputStream {
    private final InputStream source;
    private final ChunkWindow window;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long next;
    private boolean last;
    private boolean closed;

    /** The stream of {@code message}, whose chunks come next in {@code source}; owns both. */
    DecryptingStream(InputStream source, ChunkedMessage message) {
        this.source = source;
        this.window = new ChunkWindow(message);
    }

    @Override
    public int read() throws IOException {
        return advance() ? chunk.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int taken = Math.min(length, chunk.remaining());
        chunk.get(into, offset, taken);
        return taken;
    }

    /** What is verified already. */
    @Override
    public int available() {
        return chunk.remaining();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            chunk.limit(chunk.position());
            window.wipe();
            source.close();
        }
    }

    /** Makes sure of a next byte; false at the verified end. */
    private boolean advance() throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        while (!chunk.hasRemaining()) {
            if (last) {
                return false;
            }
            try {
                chunk = window.load(next++, source::readNBytes);
            } catch (EnvelopeException e) {
                throw new IOException(e.getMessage(), e);
            }
            last = chunk.remaining() < ChunkedMessage.CHUNK;
        }
        return true;
    }
}
