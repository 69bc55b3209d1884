package dev.slipring.store;

import java.util.Arrays;
import java.util.Objects;

/** One entry of a {@link DataKeyStore}. Immutable and safe for use by several threads. */
public final class StoredDataKey {
    private final Commitment commitment;
    private final byte[] record;

    /**
     * The entry of {@code commitment}; the record is copied.
     *
     * @throws IllegalArgumentException if the record is empty or longer than {@link DataKeyStore#MAX_RECORD}
     */
    public StoredDataKey(Commitment commitment, byte[] record) {
        DataKeyStore.checkRecord(record);
        this.commitment = Objects.requireNonNull(commitment, "commitment");
        this.record = record.clone();
    }

    /** What it is found by. */
    public Commitment commitment() {
        return commitment;
    }

    /** A copy of the record. */
    public byte[] record() {
        return record.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredDataKey that
                && commitment.equals(that.commitment)
                && Arrays.equals(record, that.record);
    }

    @Override
    public int hashCode() {
        return 31 * commitment.hashCode() + Arrays.hashCode(record);
    }

    @Override
    public String toString() {
        return "StoredDataKey[" + commitment + ", " + record.length + " bytes]";
    }
}
