package dev.slipring.crypto;

/** What the suite byte of an envelope decides: which algorithm made the body, and so what stands in it. */
enum Suite {
    /** AES-256-GCM under the data key, with a random IV from the provider. */
    AES_256_GCM(1);

    private static final Suite[] ALL = values();

    private final byte id;

    Suite(int id) {
        this.id = (byte) id;
    }

    /** The suite byte. */
    byte id() {
        return id;
    }

    /** How many bytes the body, which begins after the commitment, is longer than the plaintext. */
    int overhead() {
        return AesGcm.OVERHEAD;
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
