package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the suite byte of an envelope decides: which algorithm made the body, and so what stands in it. */
enum Suite {
    /** AES-256-GCM under the data key, with a random IV from the provider. */
    AES_256_GCM(1, RandomIvCipher.OVERHEAD) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment) {
            return new RandomIvCipher(key, aadPrefix(commitment), CipherPool.of(GCM));
        }
    },
    /** The same under a key of each message's own, so that several writers may share a data key. */
    SALTED_AES_256_GCM(2, SaltedCipher.OVERHEAD) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment) {
            return new SaltedCipher(key, aadPrefix(commitment), CipherPool.of(GCM));
        }
    },
    /** AES-256-GCM-SIV under the data key: an IV that repeats shows which plaintexts are equal, and nothing else. */
    AES_256_GCM_SIV(3, RandomIvCipher.OVERHEAD) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment) {
            return new RandomIvCipher(key, aadPrefix(commitment), GcmSiv.ciphers());
        }
    };

    private static final Suite[] ALL = values();
    private static final String GCM = "AES/GCM/NoPadding";
    private static final byte[] PAYLOAD = "slipring/e1/payload".getBytes(StandardCharsets.US_ASCII);

    private final byte id;
    private final int overhead;

    Suite(int id, int overhead) {
        this.id = (byte) id;
        this.overhead = overhead;
    }

    /** The suite byte. */
    byte id() {
        return id;
    }

    /** What makes and opens bodies under {@code key}, which it owns, for the data key of that commitment. */
    abstract PayloadCipher cipher(AesKey key, byte[] commitment);

    /** Length of the body, which begins after the commitment, of a plaintext of that many bytes. */
    int bodyLength(int plaintext) {
        return plaintext + overhead;
    }

    /** A shorter body is none. */
    int shortestBody() {
        return overhead;
    }

    /** What the associated data begins with; the context follows. */
    byte[] aadPrefix(byte[] commitment) {
        return ByteBuffer.allocate(PAYLOAD.length + 2 + commitment.length)
                .put(PAYLOAD)
                .put(Envelope.VERSION)
                .put(id)
                .put(commitment)
                .array();
    }

    /**
     * The suite with the number {@code id}.
     *
     * @throws EnvelopeException {@code UNSUPPORTED} if this build has none
     */
    static Suite of(byte id) {
        for (Suite suite : ALL) {
            if (suite.id == id) {
                return suite;
            }
        }
        throw EnvelopeException.unsupported("envelope suite " + Byte.toUnsignedInt(id) + " is not supported");
    }
}
