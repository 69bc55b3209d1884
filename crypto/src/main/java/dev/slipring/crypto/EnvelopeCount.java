package dev.slipring.crypto;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How many envelopes the versions of a KEK alone open, by one pass over every source.
 *
 * @param byVersion envelopes by KEK version, each proved by unwrapping its data key
 * @param claimed envelopes by the revoked or destroyed version that they name, which nobody can prove any more
 * @param unknown envelopes that could not be checked, by source: why, and how many
 * @param failed sources that were not covered, by name: why
 */
public record EnvelopeCount(
        Map<Integer, Long> byVersion,
        Map<Integer, Long> claimed,
        Map<String, Map<EnvelopeException.Failure, Long>> unknown,
        Map<String, String> failed) {
    /**
     * A count.
     */
    public EnvelopeCount {
        byVersion = Collections.unmodifiableMap(new TreeMap<>(byVersion));
        claimed = Collections.unmodifiableMap(new TreeMap<>(claimed));
        unknown = Collections.unmodifiableMap(new TreeMap<>(unknown));
        failed = Collections.unmodifiableMap(new TreeMap<>(failed));
    }

    /**
     * How many envelopes need {@code version}.
     *
     * @param version a version of the KEK
     * @return the number; empty if a source was not covered, or an envelope that could not be checked, and does not
     *     name this version, may need it
     */
    public OptionalLong remaining(int version) {
        boolean others = claimed.keySet().stream().anyMatch(number -> number != version);
        return !failed.isEmpty() || !unknown.isEmpty() || others
                ? OptionalLong.empty()
                : OptionalLong.of(byVersion.getOrDefault(version, 0L) + claimed.getOrDefault(version, 0L));
    }
}
