package dev.slipring.store;

import dev.slipring.keyring.Mark;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Versions whose values others may have, until the last of them is revoked. A member that still is primary gets
 * its mark in the write that takes the primary role away; every other member carries it from the declaration on.
 *
 * @param versions numbers of the versions concerned
 * @param plan how they are replaced
 * @param readsDenied whether what a compromised version protects is given up at once, for keys that retire on census
 * @param declared when, by whom and why
 */
public record Emergency(Set<Integer> versions, Plan plan, boolean readsDenied, Mark declared) {
    /** In which order a compromised version is replaced and revoked. */
    public enum Plan {
        /** The new version is in use before the old one goes: no outage. */
        OVERLAP_FIRST,
        /** The old version goes at once; replicas that lag behind fail until they have refreshed. */
        REVOKE_FIRST
    }

    public Emergency {
        versions = Collections.unmodifiableSortedSet(new TreeSet<>(versions));
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(declared, "declared");
    }

    /** This emergency and {@code other} as one: all members, under the harsher plan. */
    public Emergency joined(Emergency other) {
        TreeSet<Integer> all = new TreeSet<>(versions);
        all.addAll(other.versions);
        Plan harsher = plan.compareTo(other.plan) >= 0 ? plan : other.plan;
        return new Emergency(all, harsher, readsDenied || other.readsDenied, other.declared);
    }
}
