package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The key of one message of C2SP chunked encryption (AES-256-GCM instance, c2sp.org/chunked-encryption), which
 * seals and opens its chunks in any order. A chunk has 16 KiB, the last one less, perhaps nothing. The key is
 * derived for this one message, which is why its nonces may be counted. Not safe for use by several threads.
 */
final class ChunkedMessage {
    /** Plaintext in every chunk but the last, in bytes. */
    static final int CHUNK = 16 << 10;

    static final int TAG_LENGTH = 16;
    /** A full chunk sealed, in bytes. */
    static final int SEALED_CHUNK = CHUNK + TAG_LENGTH;

    static final int SALT_LENGTH = 24;
    private static final int COMMITMENT_LENGTH = 32;
    /** Salt and commitment, which come before the chunks. */
    static final int HEADER_LENGTH = SALT_LENGTH + COMMITMENT_LENGTH;

    private static final long MOST_CHUNKS = 1L << 38;
    private static final int NONCE_LENGTH = 12;
    private static final byte[] LABEL =
            "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0".getBytes(StandardCharsets.US_ASCII);

    private final AesKey key;
    private final byte[] baseNonce;
    private final byte[] salt;
    private final byte[] commitment;
    private final Cipher cipher;

    private ChunkedMessage(byte[] derived, byte[] salt, Cipher cipher) {
        ByteBuffer in = ByteBuffer.wrap(derived);
        byte[] bytes = new byte[DataKey.LENGTH];
        baseNonce = new byte[NONCE_LENGTH];
        commitment = new byte[COMMITMENT_LENGTH];
        in.get(bytes).get(baseNonce).get(commitment);
        key = new AesKey(bytes);
        this.salt = salt;
        this.cipher = cipher;
    }

    /**
     * The message of that salt and context under {@code inputKey}; the salt is kept.
     *
     * @param cipher an AES-GCM, used by this message alone until it is wiped
     */
    static ChunkedMessage derive(HkdfExpander inputKey, byte[] salt, byte[] context, Cipher cipher) {
        byte[] info = ByteBuffer.allocate(LABEL.length + salt.length + context.length)
                .put(LABEL)
                .put(salt)
                .put(context)
                .array();
        byte[] derived = inputKey.expand(info, DataKey.LENGTH + NONCE_LENGTH + COMMITMENT_LENGTH);
        try {
            return new ChunkedMessage(derived, salt, cipher);
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    /** The length of {@code plaintext} bytes with header and tags: one legal chunking for each length. */
    static long sealedLength(long plaintext) {
        return HEADER_LENGTH + plaintext + TAG_LENGTH * (plaintext / CHUNK + 1);
    }

    /** Salt and commitment, as the body begins with them. */
    byte[] header() {
        return ByteBuffer.allocate(HEADER_LENGTH).put(salt).put(commitment).array();
    }

    /** Whether {@code claimed} is the commitment; takes the same time wherever they differ. */
    boolean commitsTo(byte[] claimed) {
        return MessageDigest.isEqual(commitment, claimed);
    }

    /**
     * Seals what remains in {@code plaintext}, at most 16 KiB, to {@code out}; both are backed by arrays.
     *
     * @throws IllegalStateException if a message has no chunk of that index
     */
    void seal(long index, ByteBuffer plaintext, ByteBuffer out) {
        begin(index);
        end(plaintext, out);
    }

    /**
     * Begins to seal a chunk whose plaintext comes in pieces: any number to {@link #add}, the last to {@link #end}.
     *
     * @throws IllegalStateException if a message has no chunk of that index
     */
    void begin(long index) {
        if (index >= MOST_CHUNKS) {
            throw new IllegalStateException("a message has at most 2^38 chunks");
        }
        try {
            init(Cipher.ENCRYPT_MODE, index);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.sealing(key, e);
        }
    }

    /** Seals what remains in {@code piece}; what comes of it by now goes to {@code out}. Both are backed by arrays. */
    void add(ByteBuffer piece, ByteBuffer out) {
        try {
            int made = cipher.update(
                    piece.array(),
                    piece.arrayOffset() + piece.position(),
                    piece.remaining(),
                    out.array(),
                    out.arrayOffset() + out.position());
            piece.position(piece.limit());
            out.position(out.position() + made);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.sealing(key, e);
        }
    }

    /** Seals what remains in {@code piece}, which may be nothing, and the tag; after which the chunk is whole. */
    void end(ByteBuffer piece, ByteBuffer out) {
        try {
            finish(piece, out);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.sealing(key, e);
        }
    }

    /**
     * Opens what remains in {@code sealed}, at most a full chunk, to {@code out}; both are backed by arrays.
     *
     * @throws EnvelopeException {@code TAMPERED} if it is not the chunk of that index
     */
    void open(long index, ByteBuffer sealed, ByteBuffer out) {
        if (index >= MOST_CHUNKS || sealed.remaining() < TAG_LENGTH) {
            throw EnvelopeException.tampered();
        }
        boolean ready = false;
        try {
            init(Cipher.DECRYPT_MODE, index);
            ready = true;
            finish(sealed, out);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw ProviderFailure.opening(key, ready, e);
        }
    }

    /** Wipes the key. */
    void wipe() {
        key.destroy();
    }

    private void init(int mode, long index) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_LENGTH, nonce(index)));
    }

    private void finish(ByteBuffer in, ByteBuffer out) throws GeneralSecurityException {
        int made = cipher.doFinal(
                in.array(),
                in.arrayOffset() + in.position(),
                in.remaining(),
                out.array(),
                out.arrayOffset() + out.position());
        in.position(in.limit());
        out.position(out.position() + made);
    }

    private byte[] nonce(long index) {
        byte[] nonce = baseNonce.clone();
        int low = NONCE_LENGTH - Long.BYTES;
        ByteBuffer bytes = ByteBuffer.wrap(nonce);
        return bytes.putLong(low, bytes.getLong(low) ^ index).array();
    }
}
