package dev.slipring.rotation;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.store.SecretRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a rotator found when it came to rest, whether it did something before or not. Immutable.
 *
 * @param record as it was read last
 * @param storeNow the store's time of that
 * @param behind names of the replicas with a live lease that have not taken up the record, as far as the rotator had to
 *     ask; empty if nothing waits for them
 * @param standing what is waited for and does not come by itself, whether it was told before or not, and why the pass
 *     failed if it did; until the next pass has ended, that is how things stand
 */
public record PassReport(SecretRecord record, Instant storeNow, Set<String> behind, List<String> standing) {
    /** The report of a pass. */
    public PassReport {
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(storeNow, "storeNow");
        behind = Set.copyOf(behind);
        standing = List.copyOf(standing);
    }

    static PassReport of(SecretRecord record, Instant storeNow, Evidence evidence, List<String> standing) {
        Set<String> behind = new TreeSet<>();
        for (ReplicaReport report : evidence.replicas().orElse(List.of())) {
            if (storeNow.isBefore(report.leaseUntil()) && !report.hasTakenUp(record.incarnation(), record.epoch())) {
                behind.add(report.replica());
            }
        }
        return new PassReport(record, storeNow, behind, standing);
    }
}
