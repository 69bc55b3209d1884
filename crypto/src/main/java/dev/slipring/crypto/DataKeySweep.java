package dev.slipring.crypto;

import dev.slipring.crypto.EnvelopeException.Failure;
import dev.slipring.store.Commitment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How far a way over all data keys of a store has come, and what was found: of one batch, or {@linkplain #plus summed}
 * over several.
 *
 * @param next where the next batch begins; empty if everything was seen
 * @param rewrapped how many data keys were wrapped anew, by this or by somebody else meanwhile
 * @param counts how many data keys are under each version now, proved by unwrapping them
 * @param failures how many could not be unwrapped or rewrapped, by reason: they are under no counted version, so
 *     whoever decides by the counts decides nothing as long as there are some
 */
public record DataKeySweep(
        Optional<Commitment> next, long rewrapped, Map<KekVersion, Long> counts, Map<Failure, Long> failures) {
    /**
     * Copies its arguments.
     *
     * @param next where the next batch begins
     * @param rewrapped how many data keys were wrapped anew
     * @param counts how many data keys are under each version
     * @param failures how many could not be unwrapped or rewrapped
     */
    public DataKeySweep {
        Objects.requireNonNull(next, "next");
        counts = Map.copyOf(counts);
        failures = Map.copyOf(failures);
    }

    /**
     * The sum of this and of the batch that follows it.
     *
     * @param following begins where this ended
     * @return what was found in both, going on where the second ended
     */
    public DataKeySweep plus(DataKeySweep following) {
        Map<KekVersion, Long> allCounts = new HashMap<>(counts);
        following.counts.forEach((version, count) -> allCounts.merge(version, count, Long::sum));
        Map<Failure, Long> allFailures = new HashMap<>(failures);
        following.failures.forEach((failure, count) -> allFailures.merge(failure, count, Long::sum));
        return new DataKeySweep(following.next, rewrapped + following.rewrapped, allCounts, allFailures);
    }
}
