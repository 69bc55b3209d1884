package dev.slipring.store;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How many stored values each root version alone opens.
 *
 * @param byRootVersion counts by root version, each value found to open
 * @param unsealed values that are not sealed, which a migration accepts
 * @param failed what could not be counted and why, by {@code secret <name> version <number>} or {@code secret <name>}
 */
public record SealCensus(Map<Integer, Long> byRootVersion, long unsealed, Map<String, String> failed) {
    public SealCensus {
        byRootVersion = Collections.unmodifiableMap(new TreeMap<>(byRootVersion));
        failed = Collections.unmodifiableMap(new TreeMap<>(failed));
    }

    /**
     * How many values need {@code rootVersion}: at 0 it can be dropped, if nobody seals with it any more.
     *
     * @return empty if something could not be counted, for that may need it
     */
    public OptionalLong remaining(int rootVersion) {
        return failed.isEmpty() ? OptionalLong.of(byRootVersion.getOrDefault(rootVersion, 0L)) : OptionalLong.empty();
    }
}
