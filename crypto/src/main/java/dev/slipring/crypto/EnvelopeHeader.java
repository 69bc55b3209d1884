package dev.slipring.crypto;

/**
 * Which suite, ring and KEK version an envelope names.
 *
 * <p>As {@link #read} returns it, this is a claim: anyone who can write the envelope can write another ring
 * or version into it. Use it for sorting and progress displays; a decision such as destroying a version
 * takes {@link EnvelopeEncryptor#checkedHeader}.
 *
 * @param suite number of the algorithm, from 1
 * @param ringId number of the ring that wrapped the data key
 * @param kekVersion version of that ring, from 1, to be read as an unsigned number
 */
public record EnvelopeHeader(int suite, int ringId, int kekVersion) {

    /**
     * What {@code envelope} says of itself, unauthenticated.
     *
     * @param envelope an envelope in binary form, or its first {@link EnvelopeEncryptor#MAX_HEADER} bytes
     * @return what it claims
     * @throws EnvelopeException if it is {@code MALFORMED} or {@code UNSUPPORTED}, which an envelope in reference mode
     *     is here: its ring and version stand in its data-key record
     */
    public static EnvelopeHeader read(byte[] envelope) {
        return Envelope.parseBeginning(envelope).header();
    }
}
