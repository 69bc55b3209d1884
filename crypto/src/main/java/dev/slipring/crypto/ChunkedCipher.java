package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.Cipher;

/**
 * Chunked encryption, each message under a key of its own that a random salt, the context and the data key
 * give. The body is {@code salt(24) || commitment(32) || chunk 0 || chunk 1 || ...}. Chunks of 16 KiB rather than one
 * long message, because long GCM calls run slowly until the platform has compiled them. Safe for use by
 * several threads.
 */
final class ChunkedCipher implements PayloadCipher {
    private final HkdfExpander key;
    private final byte[] contextPrefix;
    private final CryptoProviders providers;
    private final CipherPool ciphers;

    /** Encryption by {@code providers} under what {@code key} gives; {@link #wipe} wipes it. */
    ChunkedCipher(AesKey key, byte[] contextPrefix, CryptoProviders providers) {
        this.key = new HkdfExpander(key, providers);
        this.contextPrefix = contextPrefix;
        this.providers = providers;
        ciphers = providers.gcm();
    }

    @Override
    public void seal(byte[] plaintext, byte[] context, byte[] out, int offset) {
        System.arraycopy(providers.randomBytes(ChunkedMessage.SALT_LENGTH), 0, out, offset, ChunkedMessage.SALT_LENGTH);
        sealUnderGivenRandomness(plaintext, context, out, offset);
    }

    @Override
    public void sealUnderGivenRandomness(byte[] plaintext, byte[] context, byte[] out, int offset) {
        byte[] salt = Arrays.copyOfRange(out, offset, offset + ChunkedMessage.SALT_LENGTH);
        Cipher cipher = ciphers.take();
        try {
            ChunkedMessage message = message(salt, context, cipher);
            try {
                ByteBuffer sealed = ByteBuffer.wrap(out, offset, out.length - offset);
                sealAll(message, ByteBuffer.wrap(plaintext), sealed.put(message.header()));
            } finally {
                message.wipe();
            }
        } finally {
            ciphers.give(cipher);
        }
    }

    @Override
    public byte[] open(byte[] in, int offset, byte[] context) {
        Cipher cipher = ciphers.take();
        try {
            ByteBuffer body = ByteBuffer.wrap(in, offset, in.length - offset);
            ChunkedMessage message = opened(body, context, cipher);
            try {
                return openAll(message, body);
            } finally {
                message.wipe();
            }
        } finally {
            ciphers.give(cipher);
        }
    }

    /** A new message, to be sealed by the caller chunk by chunk and then wiped. */
    ChunkedMessage begin(byte[] context) {
        return message(providers.randomBytes(ChunkedMessage.SALT_LENGTH), context, ciphers.take());
    }

    /**
     * The message whose body begins with {@code header}, to be opened chunk by chunk and then wiped.
     *
     * @throws EnvelopeException {@code TAMPERED} if the header, the context or the key is another
     */
    ChunkedMessage resume(ByteBuffer header, byte[] context) {
        return opened(header, context, ciphers.take());
    }

    @Override
    public void wipe() {
        key.wipe();
        ciphers.clear();
    }

    private static void sealAll(ChunkedMessage message, ByteBuffer plaintext, ByteBuffer out) {
        int end = plaintext.limit();
        for (long index = 0; ; index++) {
            int length = Math.min(end - plaintext.position(), ChunkedMessage.CHUNK);
            message.seal(index, plaintext.limit(plaintext.position() + length), out);
            if (length < ChunkedMessage.CHUNK) {
                return;
            }
        }
    }

    private static byte[] openAll(ChunkedMessage message, ByteBuffer sealed) {
        int end = sealed.limit();
        int last = sealed.remaining() % ChunkedMessage.SEALED_CHUNK;
        if (last < ChunkedMessage.TAG_LENGTH) {
            throw EnvelopeException.tampered(); // ends on a full chunk, or within a tag
        }
        int chunks = sealed.remaining() / ChunkedMessage.SEALED_CHUNK + 1;
        ByteBuffer plaintext = ByteBuffer.allocate(sealed.remaining() - chunks * ChunkedMessage.TAG_LENGTH);
        for (int index = 0; index < chunks; index++) {
            int next = sealed.position() + ChunkedMessage.SEALED_CHUNK;
            message.open(index, sealed.limit(Math.min(next, end)), plaintext);
        }
        return plaintext.array();
    }

    /** The message whose salt and commitment stand next in {@code body}. */
    private ChunkedMessage opened(ByteBuffer body, byte[] context, Cipher cipher) {
        byte[] salt = new byte[ChunkedMessage.SALT_LENGTH];
        byte[] claimed = new byte[ChunkedMessage.HEADER_LENGTH - salt.length];
        body.get(salt).get(claimed);
        ChunkedMessage message = message(salt, context, cipher);
        if (!message.commitsTo(claimed)) {
            message.wipe();
            throw EnvelopeException.tampered();
        }
        return message;
    }

    private ChunkedMessage message(byte[] salt, byte[] context, Cipher cipher) {
        byte[] bound = Arrays.copyOf(contextPrefix, contextPrefix.length + context.length);
        System.arraycopy(context, 0, bound, contextPrefix.length, context.length);
        return ChunkedMessage.derive(key, salt, bound, cipher);
    }
}
