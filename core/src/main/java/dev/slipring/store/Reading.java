package dev.slipring.store;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What one read of a record answered.
 *
 * @param record the record; empty if the secret does not exist
 * @param storeNow the store's time at the read
 */
public record Reading(Optional<SecretRecord> record, Instant storeNow) {
    public Reading {
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(storeNow, "storeNow");
    }
}
