package dev.slipring.keyring;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What one replica says of itself: how far its users have come, and which versions it produced with. Evidence, and
 * never part of a record. Metadata only. Immutable.
 *
 * @param replica name of the replica, unique among those that share a store
 * @param incarnation of the newest record that everything in the replica has taken up
 * @param epoch of that record: its users have left every version that no longer produces there, and accept every
 *     version that is accepted there
 * @param leaseUntil until when, in the store's time, the replica may be live without saying so again
 * @param lastUse when the replica last produced with a version, by number, in the store's time
 */
public record ReplicaReport(
        String replica, long incarnation, long epoch, Instant leaseUntil, Map<Integer, Instant> lastUse) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public ReplicaReport {
        checkName(replica);
        Objects.requireNonNull(leaseUntil, "leaseUntil");
        lastUse = Collections.unmodifiableMap(new TreeMap<>(lastUse));
    }

    /**
     * Checks the name of a replica, which becomes a file name and a column value.
     *
     * @throws IllegalArgumentException if it is not 1 to 64 characters of {@code a-z 0-9 . _ -}
     */
    public static String checkName(String replica) {
        if (!NAME.matcher(replica).matches()) {
            throw new IllegalArgumentException(
                    "a replica's name is 1 to 64 characters of a-z 0-9 . _ - that begin " + "with a letter or digit");
        }
        return replica;
    }

    /** Whether the replica has taken up the record of this incarnation and epoch. */
    public boolean hasTakenUp(long ofIncarnation, long ofEpoch) {
        return incarnation > ofIncarnation || (incarnation == ofIncarnation && epoch >= ofEpoch);
    }
}
