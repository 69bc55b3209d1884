package dev.slipring.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the suite byte of an envelope decides: which algorithm made the body, and so what stands in it. */
enum Suite {
    /** AES-256-GCM under the data key, with a random IV from the provider. */
    AES_256_GCM(1, RandomIvCipher.OVERHEAD) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment, CryptoProviders providers) {
            return new RandomIvCipher(key, payload(commitment), providers.gcm(), providers.random());
        }
    },
    /** The same under a key of each message's own, so that several writers may share a data key. */
    SALTED_AES_256_GCM(2, SaltedCipher.OVERHEAD) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment, CryptoProviders providers) {
            return new SaltedCipher(key, payload(commitment), providers);
        }
    },
    /** AES-256-GCM-SIV under the data key: an IV that repeats shows which plaintexts are equal, and nothing else. */
    AES_256_GCM_SIV(3, RandomIvCipher.OVERHEAD) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment, CryptoProviders providers) {
            return new RandomIvCipher(key, payload(commitment), providers.gcmSiv(), providers.random());
        }
    },
    /** AES-256-GCM in chunks under a key of each message's own, for streams and for what is long. */
    CHUNKED_AES_256_GCM(4, ChunkedMessage.HEADER_LENGTH) {
        @Override
        PayloadCipher cipher(AesKey key, byte[] commitment, CryptoProviders providers) {
            return new ChunkedCipher(key, bound("slipring/e1/stream", new byte[0]), providers);
        }

        @Override
        int bodyLength(int plaintext) {
            return Math.toIntExact(ChunkedMessage.sealedLength(plaintext));
        }

        @Override
        boolean streams() {
            return true;
        }
    };

    private static final Suite[] ALL = values();

    private final byte id;
    private final int shortestBody;

    Suite(int id, int shortestBody) {
        this.id = (byte) id;
        this.shortestBody = shortestBody;
    }

    /** The suite byte. */
    byte id() {
        return id;
    }

    /** What makes and opens bodies under {@code key}, which it owns, for the data key of that commitment. */
    abstract PayloadCipher cipher(AesKey key, byte[] commitment, CryptoProviders providers);

    /** Length of the body, which begins after the commitment, of a plaintext of that many bytes. */
    int bodyLength(int plaintext) {
        return plaintext + shortestBody;
    }

    /** With less than this a body has no ciphertext, so that the envelope ends within its fixed fields. */
    int shortestBody() {
        return shortestBody;
    }

    /** Whether the body is chunks, which are sealed and opened one by one. */
    boolean streams() {
        return false;
    }

    /** What the associated data of a whole payload begins with; the context follows. */
    byte[] payload(byte[] commitment) {
        return bound("slipring/e1/payload", commitment);
    }

    byte[] bound(String label, byte[] commitment) {
        byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(ascii.length + 2 + commitment.length)
                .put(ascii)
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
