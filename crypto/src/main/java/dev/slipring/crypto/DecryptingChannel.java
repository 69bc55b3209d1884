package dev.slipring.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * The plaintext of a chunked envelope in a channel, from any position on. Its size is that of the envelope when it
 * was opened, which the last chunk, being the short one, has proved. Not safe for use by several threads.
 */
final class DecryptingChannel implements SeekableByteChannel {
    private final SeekableByteChannel source;
    private final ChunkWindow window;
    private final long start;
    private final long end;
    private long size;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long loaded = -1;
    private long position;
    private boolean closed;

    private DecryptingChannel(SeekableByteChannel source, long start, long end, ChunkedMessage message) {
        this.source = source;
        this.window = new ChunkWindow(message);
        this.start = start;
        this.end = end;
    }

    /**
     * The plaintext of {@code message}, whose chunks stand in {@code source} from {@code start} to its end; owns
     * both. The last chunk is verified at once.
     *
     * @throws EnvelopeException {@code TAMPERED} if the envelope was cut or its last chunk is another
     */
    static DecryptingChannel open(SeekableByteChannel source, long start, ChunkedMessage message) throws IOException {
        DecryptingChannel channel = new DecryptingChannel(source, start, source.size(), message);
        try {
            channel.loadLast();
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.window.wipe();
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireOpen();
        window.requireIntact();
        if (!into.hasRemaining()) {
            return 0;
        }
        int before = into.remaining();
        while (into.hasRemaining() && position < size) {
            try {
                load(position / ChunkedMessage.CHUNK);
            } catch (EnvelopeException e) {
                throw new IOException(e.getMessage(), e);
            }
            int from = (int) (position % ChunkedMessage.CHUNK);
            int taken = Math.min(into.remaining(), chunk.limit() - from);
            into.put(chunk.slice(from, taken));
            position += taken;
        }
        int got = before - into.remaining();
        return got == 0 ? -1 : got;
    }

    @Override
    public long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public SeekableByteChannel position(long to) throws IOException {
        requireOpen();
        if (to < 0) {
            throw new IllegalArgumentException("a position of " + to);
        }
        position = to;
        return this;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return size;
    }

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long to) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            window.wipe();
            source.close();
        }
    }

    /** The size is what the last chunk says. */
    private void loadLast() throws IOException {
        long last = Math.max(0, end - start) / ChunkedMessage.SEALED_CHUNK;
        load(last);
        size = last * ChunkedMessage.CHUNK + chunk.remaining();
    }

    private void load(long index) throws IOException {
        if (index != loaded) {
            loaded = -1;
            long from = start + index * ChunkedMessage.SEALED_CHUNK;
            int sealed = (int) Math.min(ChunkedMessage.SEALED_CHUNK, Math.max(0, end - from));
            source.position(from);
            chunk = window.load(index, (into, offset, length) -> exactly(ByteBuffer.wrap(into, offset, sealed)));
            loaded = index;
        }
    }

    /** A channel that has got shorter was cut. */
    private int exactly(ByteBuffer into) throws IOException {
        int wanted = into.remaining();
        if (readFully(source, into) < wanted) {
            throw EnvelopeException.tampered();
        }
        return wanted;
    }

    /** Reads until {@code into} is full or the channel ends. */
    static int readFully(SeekableByteChannel source, ByteBuffer into) throws IOException {
        int before = into.position();
        while (into.hasRemaining()) {
            if (source.read(into) < 0) {
                break;
            }
        }
        return into.position() - before;
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
