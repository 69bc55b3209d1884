package dev.slipring.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;

/** A channel on an array: reads a little at a time, counts, and fails or shrinks when told. */
final class MemoryChannel implements SeekableByteChannel {
    private final byte[] bytes;
    private long position;
    int read;
    int closed;
    boolean failing;
    /** What the channel says of its size; it may lie. */
    long size;
    /** Where reading ends. */
    int end;

    MemoryChannel(byte[] bytes) {
        this.bytes = bytes;
        size = bytes.length;
        end = bytes.length;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (closed > 0) {
            throw new ClosedChannelException();
        }
        if (failing) {
            throw new IOException("a broken disk");
        }
        if (position >= end) {
            return -1;
        }
        int taken = Math.min(Math.min(into.remaining(), 5000), end - (int) position);
        into.put(bytes, (int) position, taken);
        position += taken;
        read += taken;
        return taken;
    }

    @Override
    public int write(ByteBuffer from) {
        int taken = from.remaining();
        from.get(bytes, (int) position, taken);
        position += taken;
        return taken;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long to) {
        position = to;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public SeekableByteChannel truncate(long to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
        return closed == 0;
    }

    @Override
    public void close() {
        closed++;
    }
}
