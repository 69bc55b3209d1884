package dev.slipring.store;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What bringing every stored value under the present root key did.
 *
 * @param changed values that were under another root key, or not sealed at all, and are under the present one now
 * @param unchanged values that were under the present one before
 * @param gone values that were erased meanwhile
 * @param failed why a value is not under the present root key, by {@code secret <name> version <number>}; or why the
 *     values of a whole secret were not looked at, by {@code secret <name>}
 */
public record ResealReport(long changed, long unchanged, long gone, Map<String, String> failed) {
    public ResealReport {
        failed = Collections.unmodifiableMap(new TreeMap<>(failed));
    }

    /** Whether every value that is stored is under the present root key now. */
    public boolean complete() {
        return failed.isEmpty();
    }
}
