package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

    private final AesKey key;
    private final byte[] aadPrefix;
    private final CipherPool ciphers;

    /** Encryption by {@code ciphers} under what {@code key} gives; {@link #wipe} wipes and empties them. */
    SaltedCipher(AesKey key, byte[] aadPrefix, CipherPool ciphers) {
        this.key = key;
        this.aadPrefix = aadPrefix;
        this.ciphers = ciphers;
    }

    @Override
    public void seal(byte[] plaintext, byte[] context, byte[] out, int offset) {
        System.arraycopy(RandomBytes.of(SALT_LENGTH), 0, out, offset, SALT_LENGTH);
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
        key.destroy();
        ciphers.clear();
    }

    private RandomIvCipher under(AesKey message) {
        return new RandomIvCipher(message, aadPrefix, ciphers);
    }

    /** The key of the message whose salt stands in {@code body} at {@code offset}. */
    private AesKey messageKey(byte[] body, int offset) {
        byte[] info = ByteBuffer.allocate(MESSAGE.length + SALT_LENGTH)
                .put(MESSAGE)
                .put(body, offset, SALT_LENGTH)
                .array();
        byte[] prk = key.getEncoded();
        try {
            return new AesKey(Hkdf.SHA512.expand(prk, info, DataKey.LENGTH));
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }
}
