package dev.slipring.store;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of wrapped data keys, found by {@link Commitment}. A record is opaque bytes here: who wrote it
 * knows what it holds, and that it holds no key in the clear. Nothing is ever deleted, since a record that is gone
 * makes everything under its data key unreadable; records are small, and few beside what they encrypt.
 *
 * <p>What was put or replaced is there for every reader from then on, through whatever instance: a reader that lagged
 * would miss the data key of what it was just given. Implementations are thread-safe, and several instances on one
 * place behave like one. Arguments are read and not kept, results belong to the caller.
 */
public interface DataKeyStore {
    /** The longest record, in bytes; the shortest has one. */
    int MAX_RECORD = 8192;

    /** The most entries that one scan may ask for. */
    int MAX_PAGE = 1000;

    /**
     * The record of {@code commitment}, if there is one.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    Optional<byte[]> find(Commitment commitment);

    /**
     * Keeps {@code record} unless the commitment has one.
     *
     * @return whether it is kept now; false if there was one, even an equal one
     * @throws IllegalArgumentException if the record is empty or longer than {@link #MAX_RECORD}
     * @throws StoreUnavailableException if the store does not answer; the record may or may not be kept
     */
    boolean putIfAbsent(Commitment commitment, byte[] record);

    /**
     * Replaces the record if it has exactly the bytes {@code expected}.
     *
     * @return whether {@code next} is the record now; false if it was another one, or there was none
     * @throws IllegalArgumentException if {@code next} is empty or longer than {@link #MAX_RECORD}
     * @throws StoreUnavailableException if the store does not answer; the record may or may not be replaced
     */
    boolean replace(Commitment commitment, byte[] expected, byte[] next);

    /**
     * The first entries behind {@code after}, in the order of commitments; fewer than {@code limit} only at the end.
     * Asking with the last of each page goes over everything that is there all the while, each once; what is put
     * meanwhile may be left out.
     *
     * @param after null to begin
     * @param limit how many, 1 to {@link #MAX_PAGE}
     * @throws IllegalArgumentException if {@code limit} is out of range
     * @throws StoreUnavailableException if the store does not answer
     */
    List<StoredDataKey> scan(@Nullable Commitment after, int limit);

    /**
     * Passes if {@code record} may be kept: for implementations.
     *
     * @throws IllegalArgumentException if it is empty or longer than {@link #MAX_RECORD}
     */
    static void checkRecord(byte[] record) {
        if (record.length < 1 || record.length > MAX_RECORD) {
            throw new IllegalArgumentException(
                    "a data-key record of " + record.length + " bytes is not in 1.." + MAX_RECORD);
        }
    }

    /**
     * Passes if a scan may ask for {@code limit} entries: for implementations.
     *
     * @throws IllegalArgumentException if it is not in 1 to {@link #MAX_PAGE}
     */
    static void checkLimit(int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new IllegalArgumentException("a page of " + limit + " data keys is not in 1.." + MAX_PAGE);
        }
    }
}
