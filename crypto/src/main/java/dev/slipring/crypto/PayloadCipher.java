package dev.slipring.crypto;

/**
 * Makes and opens the bodies of envelopes of one suite under one data key. A body is what follows the
 * commitment, random parts first; {@link Suite} knows its length. Safe for use by several threads.
 */
sealed interface PayloadCipher permits RandomIvCipher, SaltedCipher, ChunkedCipher {
    /**
     * Writes the body of {@code plaintext} to {@code out}, from {@code offset} to the end.
     *
     * @throws AesKey.Wiped if the key is wiped
     */
    void seal(byte[] plaintext, byte[] context, byte[] out, int offset);

    /**
     * The same with the random parts that stand in {@code out} at {@code offset}: for known answers only,
     * since parts that repeat give plaintexts away.
     */
    void sealUnderGivenRandomness(byte[] plaintext, byte[] context, byte[] out, int offset);

    /**
     * The plaintext of the body that stands in {@code in} from {@code offset} to the end.
     *
     * @throws EnvelopeException {@code TAMPERED} if the body, the context or the key is another
     * @throws AesKey.Wiped if the key is wiped
     */
    byte[] open(byte[] in, int offset, byte[] context);

    /** Wipes the key; a call that comes later, or comes in between, ends in {@link AesKey.Wiped}. */
    void wipe();
}
