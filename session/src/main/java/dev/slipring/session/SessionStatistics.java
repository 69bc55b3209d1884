package dev.slipring.session;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one {@link SessionSigner} did since it was built. Counts made at about the same time may differ by what went on
 * while they were read. Immutable and safe for use by several threads.
 *
 * @param versions what became of the tokens of each version that was ever accepted here, by number
 * @param formats what became of the sessions of each foreign format, by name
 * @param rejected how many tokens were rejected, by reason; a reason that never came up has none
 * @param duplicates how many cookies beyond one of the session's name came with one request
 * @param late how many tokens of a retiring version were found valid in the last fifth of its overlap
 */
public record SessionStatistics(
        SortedMap<Integer, Usage> versions,
        SortedMap<String, Usage> formats,
        Map<RejectionReason, Long> rejected,
        long duplicates,
        long late) {

    /**
     * What became of the tokens of one version or format.
     *
     * @param signed tokens that were signed, re-signed or renewed with the version
     * @param accepted tokens of it that were found valid
     * @param resigned tokens of it in whose place another was made
     * @param lastAccepted when one was last found valid, to the second
     */
    public record Usage(long signed, long accepted, long resigned, Optional<Instant> lastAccepted) {
        static Usage of(long signed, long accepted, long resigned, long lastAccepted) {
            Optional<Instant> last = lastAccepted == Long.MIN_VALUE
                    ? Optional.empty()
                    : Optional.of(Instant.ofEpochSecond(lastAccepted));
            return new Usage(signed, accepted, resigned, last);
        }
    }

    /**
     * What one signer did since it was built.
     *
     * @param versions by number, copied
     * @param formats by name, copied
     * @param rejected by reason, copied
     * @param duplicates not negative
     * @param late not negative
     */
    public SessionStatistics {
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        formats = Collections.unmodifiableSortedMap(new TreeMap<>(formats));
        EnumMap<RejectionReason, Long> counts = new EnumMap<>(RejectionReason.class);
        counts.putAll(rejected);
        rejected = Collections.unmodifiableMap(counts);
    }
}
