package dev.slipring.crypto;

import dev.slipring.keyring.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * What a DEK gives for one suite: the key that encrypts payloads and the commitment to it. The DEK itself
 * keys no cipher and is not kept. Safe for use by several threads.
 */
final class DataKey {
    /** Length of a DEK in bytes. */
    static final int LENGTH = 32;

    private static final byte[] DERIVE = "slipring/e1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PAYLOAD = "slipring/e1/payload".getBytes(StandardCharsets.US_ASCII);

    private final byte[] commitment;
    private final AesGcm gcm;

    private DataKey(byte[] commitment, AesGcm gcm) {
        this.commitment = commitment;
        this.gcm = gcm;
    }

    /** The keys that {@code dek}, which the caller wipes, gives for {@code suite}. */
    static DataKey derive(Suite suite, byte[] dek) {
        byte[] info = Arrays.copyOf(DERIVE, DERIVE.length + 1);
        info[DERIVE.length] = suite.id();
        byte[] derived = Hkdf.SHA512.expand(dek, info, LENGTH + Envelope.COMMITMENT_LENGTH);
        AesKey key = new AesKey(Arrays.copyOf(derived, LENGTH));
        byte[] commitment = Arrays.copyOfRange(derived, LENGTH, derived.length);
        Arrays.fill(derived, (byte) 0);
        byte[] aadPrefix = ByteBuffer.allocate(PAYLOAD.length + 2 + commitment.length)
                .put(PAYLOAD)
                .put(Envelope.VERSION)
                .put(suite.id())
                .put(commitment)
                .array();
        return new DataKey(commitment, new AesGcm(key, aadPrefix));
    }

    /** The commitment C; not secret, and not to be changed. */
    byte[] commitment() {
        return commitment;
    }

    /** An envelope that begins with {@code prefix}: one allocation, sealed in place. */
    byte[] seal(byte[] prefix, byte[] plaintext, Context context) {
        byte[] out = Arrays.copyOf(prefix, prefix.length + AesGcm.OVERHEAD + plaintext.length);
        gcm.seal(plaintext, context.encoded(), out, prefix.length);
        return out;
    }

    /** The same with a given IV: for known answers only, since an IV that repeats breaks GCM. */
    byte[] sealUnderGivenIv(byte[] iv, byte[] prefix, byte[] plaintext, Context context) {
        byte[] out = Arrays.copyOf(prefix, prefix.length + AesGcm.OVERHEAD + plaintext.length);
        System.arraycopy(iv, 0, out, prefix.length, iv.length);
        gcm.sealUnderGivenIv(plaintext, context.encoded(), out, prefix.length);
        return out;
    }

    /**
     * The plaintext of {@code envelope}.
     *
     * @throws EnvelopeException {@code TAMPERED} if its body or the context is another
     */
    byte[] open(Envelope envelope, Context context) {
        try {
            return gcm.open(envelope.bytes(), envelope.bodyOffset(), context.encoded());
        } catch (AEADBadTagException e) {
            throw EnvelopeException.tampered();
        }
    }

    /** Wipes the payload key. */
    void wipe() {
        gcm.wipe();
    }
}
