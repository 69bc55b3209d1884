package dev.slipring.crypto;

import dev.slipring.keyring.StaleKeyringException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Encrypts and decrypts what is too long to be held in memory, in chunks. Safe for use by several threads; what it
 * returns is for one thread at a time.
 */
public final class EnvelopeStreams {
    private final Live live;
    private final EnvelopeKeys keys;
    private final String partition;

    /** Runs something with keys that are not wiped meanwhile. */
    @FunctionalInterface
    interface Live {
        <T> T use(Supplier<T> use);
    }

    EnvelopeStreams(Live live, EnvelopeKeys keys, String partition) {
        this.live = live;
        this.keys = keys;
        this.partition = partition;
    }

    /**
     * A stream that encrypts whatever is written to it, of any length, into one envelope of 16 KiB chunks (suite 04)
     * in {@code sink}. The header is written at once, each chunk when it is full. Closing it writes the last chunk
     * and says that the plaintext is complete, also where a block is left by an exception: drop then what was
     * written. Without it the envelope does not open. Closing closes {@code sink}; a second time changes nothing.
     *
     * <p>The stream has a data key of its own, wrapped by the version that is primary now, and so takes nothing from
     * a {@link DataKeyBudget} and is bound by none. It holds two chunks, goes on if the encryptor is closed, and is
     * for one thread at a time. If {@code sink} fails, every later write does; so does every write after
     * {@link EnvelopeEncryptor#dropKeys}.
     *
     * @param sink where the envelope goes
     * @param context what the envelope belongs to
     * @return the stream, to be closed
     * @throws IOException if the header cannot be written
     * @throws UnsupportedOperationException if the builder was told of repeatable randomness or a FIPS profile
     * @throws EnvelopeException as in {@link EnvelopeEncryptor#encrypt}
     * @throws StaleKeyringException as in {@link EnvelopeEncryptor#encrypt}
     * @throws IllegalStateException if the encryptor is closed
     */
    public OutputStream encrypting(OutputStream sink, Context context) throws IOException {
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(context, "context");
        StreamStart start = live.use(() -> {
            keys.wrapping().checkProduction();
            return keys.sealers().stream(context);
        });
        return EncryptingStream.begin(start, sink);
    }

    /**
     * The plaintext of the envelope that {@code source} holds to its end, of any length, one verified 16 KiB chunk
     * after the other. No byte is handed out before its chunk is verified, and the end is reported only after the
     * last chunk was: what is read before may be cut, so do not act on it before the end.
     *
     * <p>The header is read at once, and refused with an {@link EnvelopeException}. Reading from the stream refuses
     * with an {@link IOException} whose cause is an {@code EnvelopeException}, {@code TAMPERED}; every later read
     * does too. Envelopes that are not made of chunks (suites 01 to 03) are {@code UNSUPPORTED} here, whatever their
     * length: they can be verified only as a whole, by {@link EnvelopeEncryptor#decrypt}.
     *
     * <p>The stream holds two chunks, goes on if the encryptor is closed or the version is revoked, and is for one
     * thread at a time. Closing it, at any point, closes {@code source}.
     *
     * @param source an envelope in binary form, of any origin
     * @param context what the envelope belongs to
     * @return the plaintext, to be closed
     * @throws IOException if {@code source} fails
     * @throws EnvelopeException if the header does not open
     * @throws IllegalStateException if the encryptor is closed
     */
    public InputStream decrypting(InputStream source, Context context) throws IOException {
        Objects.requireNonNull(context, "context");
        Envelope head = StreamHead.read(source::readNBytes);
        return new DecryptingStream(
                source, live.use(() -> keys.open(head, partition, null).key().stream(head, context)));
    }

    /**
     * The plaintext of the envelope that fills {@code source}, of any length, to be read from any position: a channel
     * that cannot be written. A read costs the chunks it touches. The header and the last chunk, which proves the
     * size, are verified at once and refused with an {@link EnvelopeException}; each other chunk before a byte of it
     * is handed out. A read refuses with an {@link IOException} whose cause is an {@code EnvelopeException}, {@code
     * TAMPERED}, and every later read does too.
     *
     * <p>What {@link #decrypting} says of suites, memory, closing and threads holds here as well.
     *
     * @param source an envelope in binary form, of any origin, from position 0 to the end; it is to stay as it is
     * @param context what the envelope belongs to
     * @return the plaintext, to be closed
     * @throws IOException if {@code source} fails
     * @throws EnvelopeException if the header or the last chunk does not open
     * @throws IllegalStateException if the encryptor is closed
     */
    public SeekableByteChannel randomAccess(SeekableByteChannel source, Context context) throws IOException {
        Objects.requireNonNull(context, "context");
        source.position(0);
        Envelope head = StreamHead.read(
                (into, offset, length) -> DecryptingChannel.readFully(source, ByteBuffer.wrap(into, offset, length)));
        ChunkedMessage message = live.use(() -> keys.open(head, partition, null).key().stream(head, context));
        return DecryptingChannel.open(source, head.bytes().length, message);
    }
}
