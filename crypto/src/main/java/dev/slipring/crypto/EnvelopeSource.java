package dev.slipring.crypto;

import dev.slipring.store.DataKeyStore;
import java.util.Objects;
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

    /**
     * The data keys of {@code store}, which count for the envelopes in reference mode that refer to them: all of these
     * together need a version of a KEK if, and only if, one of the data keys does. Each is given as the header of an
     * envelope, as of the moment at which its record was read.
     *
     * @param store the store, which stays the caller's
     * @return a source to be registered instead of the places where envelopes in reference mode lie
     */
    static EnvelopeSource dataKeys(DataKeyStore store) {
        return new DataKeySource(Objects.requireNonNull(store, "store"));
    }
}
