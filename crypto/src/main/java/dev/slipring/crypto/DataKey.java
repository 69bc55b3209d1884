package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a DEK gives for one suite: the cipher that encrypts payloads and the commitment to its key. The DEK
 * itself keys no cipher and is not kept. Safe for use by several threads.
 */
final class DataKey {
    /** Length of a DEK, and of every key derived from it, in bytes. */
    static final int LENGTH = 32;

    private static final byte[] DERIVE = "slipring/e1".getBytes(StandardCharsets.US_ASCII);

    private final Suite suite;
    private final byte[] commitment;
    private final PayloadCipher cipher;

    private DataKey(Suite suite, byte[] commitment, PayloadCipher cipher) {
        this.suite = suite;
        this.commitment = commitment;
        this.cipher = cipher;
    }

    /** The keys that {@code dek}, which the caller wipes, gives for {@code suite}. */
    static DataKey derive(Suite suite, byte[] dek, CryptoProviders providers) {
        byte[] info = Arrays.copyOf(DERIVE, DERIVE.length + 1);
        info[DERIVE.length] = suite.id();
        byte[] derived = Hkdf.SHA512.expand(providers.mac(Hkdf.SHA512, dek), info, LENGTH + Envelope.COMMITMENT_LENGTH);
        AesKey key = new AesKey(Arrays.copyOf(derived, LENGTH));
        byte[] commitment = Arrays.copyOfRange(derived, LENGTH, derived.length);
        Arrays.fill(derived, (byte) 0);
        return new DataKey(suite, commitment, suite.cipher(key, commitment, providers));
    }

    /** The commitment C; not secret, and not to be changed. */
    byte[] commitment() {
        return commitment;
    }

    /** An envelope that begins with {@code prefix}: one allocation, sealed in place. */
    byte[] seal(byte[] prefix, byte[] plaintext, Context context) {
        byte[] out = Arrays.copyOf(prefix, prefix.length + suite.bodyLength(plaintext.length));
        cipher.seal(plaintext, context.encoded(), out, prefix.length);
        return out;
    }

    /** The same with given random parts, as the body begins with them: for known answers only. */
    byte[] sealUnderGivenRandomness(byte[] given, byte[] prefix, byte[] plaintext, Context context) {
        byte[] out = Arrays.copyOf(prefix, prefix.length + suite.bodyLength(plaintext.length));
        System.arraycopy(given, 0, out, prefix.length, given.length);
        cipher.sealUnderGivenRandomness(plaintext, context.encoded(), out, prefix.length);
        return out;
    }

    /**
     * The plaintext of {@code envelope}.
     *
     * @throws EnvelopeException {@code TAMPERED} if its body or the context is another
     */
    byte[] open(Envelope envelope, Context context) {
        return cipher.open(envelope.bytes(), envelope.bodyOffset(), context.encoded());
    }

    /** A message of this data key that is sealed chunk by chunk; it has a key of its own. */
    ChunkedMessage newStream(Context context) {
        return chunked().begin(context.encoded());
    }

    /**
     * The message that {@code head} is the beginning of, to be opened chunk by chunk; it has a key of its own.
     *
     * @throws EnvelopeException {@code TAMPERED} if what its body begins with or the context is another
     */
    ChunkedMessage stream(Envelope head, Context context) {
        int offset = head.bodyOffset();
        return chunked().resume(ByteBuffer.wrap(head.bytes(), offset, head.bytes().length - offset), context.encoded());
    }

    private ChunkedCipher chunked() {
        if (cipher instanceof ChunkedCipher chunked) {
            return chunked;
        }
        throw new IllegalStateException("suite " + suite.id() + " has no chunks");
    }

    /** Wipes the payload key. */
    void wipe() {
        cipher.wipe();
    }
}
