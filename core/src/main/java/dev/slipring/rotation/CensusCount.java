package dev.slipring.rotation;

import java.time.Instant;
import java.util.Objects;

/**
 * How much there still is that only one version can open.
 *
 * @param startedAt when the census began, in the store's time
 * @param remaining how many items were found; a census that did not cover every source gives no count at all
 */
public record CensusCount(Instant startedAt, long remaining) {
    public CensusCount {
        Objects.requireNonNull(startedAt, "startedAt");
        if (remaining < 0) {
            throw new IllegalArgumentException("a census cannot count " + remaining);
        }
    }
}
