package dev.slipring.observe.inventory;

import java.util.Objects;

/**
 * Something about a secret that a reader of the inventory should not overlook. Immutable.
 *
 * @param kind what it is
 * @param attention how much it asks for
 * @param detail the same with its facts, for a person; no secret material. It quotes what operators gave as a reason
 */
public record InventoryNotice(Kind kind, Attention attention, String detail) {
    /** A notice. */
    public InventoryNotice {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(detail, "detail");
    }

    /** How much a secret asks for; the later the more. */
    public enum Attention {
        /** Nothing is to be done. */
        NONE("in order"),
        /** Somebody should look. */
        LOOK("look"),
        /** Somebody has to act. */
        ACT("act");

        private final String word;

        Attention(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** What can be said; a set that grows. */
    public enum Kind {
        /** The secret was declared and is not read yet, or no longer in use. */
        NOT_READ,
        /** Its record is damaged, needs a newer build, or is gone. */
        UNUSABLE,
        /** What is shown was read longer ago than the lease L. */
        STALE,
        /** The primary version has reached the age at which somebody is warned. */
        WARN,
        /** The primary version has reached the age at which somebody is paged. */
        PAGE,
        /** The primary version has reached its maximum age. */
        OVERDUE,
        /** An emergency is open. */
        EMERGENCY,
        /** A version is known or feared to be in other hands. */
        COMPROMISED,
        /** An operator forbids to revoke a version. */
        HELD,
        /** No rotation begins now, or in a time to come. */
        FROZEN,
        /** The secret is being retired as a whole. */
        CLOSING,
        /** The secret was retired as a whole. */
        RETIRED,
        /** Something went wrong in this rotation. */
        FAILED
    }
}
