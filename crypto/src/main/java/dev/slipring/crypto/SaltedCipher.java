package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * AES-256-GCM under a key of each message's own, which a random salt and the data key give. So the bound on
 * messages is that of the salts, whoever else encrypts under the same data key. The body is
 * {@code salt(16) || IV(12) || ciphertext || tag(16)}. Safe for use by several threads.
 *
 * <p>The messages share the ciphers, not their keys: setting another key is cheap beside a new cipher.
 */
final class SaltedCipher implements PayloadCipher {
    private static final byte[] MESSAGE = "slipring/e1/message".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_LENGTH = 16;

    /** How many bytes a body is longer than its plaintext. */
    static final int OVERHEAD = SALT_LENGTH + RandomIvCipher.OVERHEAD;

    private final HkdfExpander key;
    private final byte[] aadPrefix;
    private final CryptoProviders providers;
    private final CipherPool ciphers;

    /** Encryption by {@code providers} under what {@code key} gives; {@link #wipe} wipes it. */
    SaltedCipher(AesKey key, byte[] aadPrefix, CryptoProviders providers) {
        this.key = new HkdfExpander(key, providers);
        this.aadPrefix = aadPrefix;
        this.providers = providers;
        ciphers = providers.gcm();
    }

    @Override
    public void seal(byte[] plaintext, byte[] context, byte[] out, int offset) {
        System.arraycopy(providers.randomBytes(SALT_LENGTH), 0, out, offset, SALT_LENGTH);
        AesKey message = messageKey(out, offset);
        try {
            under(message).seal(plaintext, context, out, offset + SALT_LENGTH);
        } finally {
            message.destroy();
        }
    }

    @Override
    public void sealUnderGivenRandomness(byte[] plaintext, byte[] context, byte[] out, int offset) {
        AesKey message = messageKey(out, offset);
        try {
            under(message).sealUnderGivenRandomness(plaintext, context, out, offset + SALT_LENGTH);
        } finally {
            message.destroy();
        }
    }

    @Override
    public byte[] open(byte[] in, int offset, byte[] context) {
        AesKey message = messageKey(in, offset);
        try {
            return under(message).open(in, offset + SALT_LENGTH, context);
        } finally {
            message.destroy();
        }
    }

    @Override
    public void wipe() {
        key.wipe();
        ciphers.clear();
    }

    private RandomIvCipher under(AesKey message) {
        return new RandomIvCipher(message, aadPrefix, ciphers, providers.random());
    }

    /** The key of the message whose salt stands in {@code body} at {@code offset}. */
    private AesKey messageKey(byte[] body, int offset) {
        byte[] info = ByteBuffer.allocate(MESSAGE.length + SALT_LENGTH)
                .put(MESSAGE)
                .put(body, offset, SALT_LENGTH)
                .array();
        return new AesKey(key.expand(info, DataKey.LENGTH));
    }
}
