package dev.slipring.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One chunk of a message at a time, read and verified before a byte of it is seen. After a failure there is no
 * further chunk. Holds one chunk sealed and one opened; not safe for use by several threads.
 */
final class ChunkWindow {
    private final ChunkedMessage message;
    private final byte[] sealed = new byte[ChunkedMessage.SEALED_CHUNK];
    private final byte[] plaintext = new byte[ChunkedMessage.CHUNK];
    private @Nullable Exception failure;

    /** A window on {@code message}, which {@link #wipe} wipes. */
    ChunkWindow(ChunkedMessage message) {
        this.message = message;
    }

    /**
     * The plaintext of chunk {@code index}, whose sealed bytes {@code source} gives. It may be read until the next
     * call.
     *
     * @throws IOException if {@code source} fails, or any call failed before
     * @throws EnvelopeException {@code TAMPERED} if it is not that chunk
     */
    ByteBuffer load(long index, ByteSource source) throws IOException {
        requireIntact();
        try {
            int length = source.read(sealed, 0, sealed.length);
            ByteBuffer opened = ByteBuffer.wrap(plaintext);
            message.open(index, ByteBuffer.wrap(sealed, 0, length), opened);
            return opened.flip();
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Passes as long as nothing has failed.
     *
     * @throws IOException the earlier failure, as its cause
     */
    void requireIntact() throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    /** Wipes the key and the plaintext. */
    void wipe() {
        message.wipe();
        Arrays.fill(plaintext, (byte) 0);
    }
}
