package dev.slipring.keyring;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of one secret in this replica since it is in use here. The numbers only grow; those read at about the
 * same time may differ by what went on meanwhile. Immutable.
 *
 * @param versions by number, those that something was noted of
 * @param failures how often something was not accepted, by reason; a reason that never came up has none
 */
public record UseCounts(SortedMap<Integer, OfVersion> versions, Map<AuthFailure, Long> failures) {
    /** Nothing so far. */
    public static final UseCounts NONE = new UseCounts(new TreeMap<>(), Map.of());

    /**
     * What became of one version.
     *
     * @param produced how often something was produced with it: a token, a data key, a connection, a call
     * @param accepted how often something made with it was accepted here
     * @param refused how often something made with it was refused here because it is accepted no more
     */
    public record OfVersion(long produced, long accepted, long refused) {
        OfVersion plus(OfVersion other) {
            return new OfVersion(produced + other.produced, accepted + other.accepted, refused + other.refused);
        }
    }

    /**
     * Counts by version and by reason.
     *
     * @param versions copied
     * @param failures copied, those above zero
     */
    public UseCounts {
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        EnumMap<AuthFailure, Long> copy = new EnumMap<>(AuthFailure.class);
        failures.forEach((reason, count) -> {
            if (count > 0) {
                copy.put(reason, count);
            }
        });
        failures = Collections.unmodifiableMap(copy);
    }

    /** How often something was not accepted for {@code reason}. */
    public long failures(AuthFailure reason) {
        return failures.getOrDefault(reason, 0L);
    }

    /** Both together. */
    UseCounts plus(UseCounts other) {
        TreeMap<Integer, OfVersion> sums = new TreeMap<>(versions);
        other.versions.forEach((version, counts) -> sums.merge(version, counts, OfVersion::plus));
        EnumMap<AuthFailure, Long> reasons = new EnumMap<>(AuthFailure.class);
        reasons.putAll(failures);
        other.failures.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        return new UseCounts(sums, reasons);
    }
}
