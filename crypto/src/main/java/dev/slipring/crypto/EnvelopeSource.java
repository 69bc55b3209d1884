package dev.slipring.crypto;

import java.util.function.Consumer;

/** A place where envelopes lie, such as a column of a table, a folder, a bucket. Implementations are thread-safe. */
@FunctionalInterface
public interface EnvelopeSource {
    /**
     * Gives every envelope that is there to {@code envelopes}, one after the other, in binary form. One that is
     * written or moved meanwhile may be given or not; one that stays is.
     *
     * @param envelopes takes an envelope and does not keep it
     * @throws Exception if not all of them could be given
     */
    void forEach(Consumer<byte[]> envelopes) throws Exception;
}
