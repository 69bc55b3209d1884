package dev.slipring.rotation;

import dev.slipring.store.Emergency;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/** What an operator can ask of a rotation. Each is audited with who asks and why. */
public sealed interface Command {
    /** Who asks. */
    String by();

    /** Why; shown to operators, so it must hold no secret. */
    String reason();

    /**
     * Create the secret, with the value of {@link Rotator.Builder#adopting} if there is one. Replicas need no command for
     * that: it tells the audit trail who wished it where an operator creates a secret before them.
     */
    record Create(String by, String reason) implements Command {
        public Create {
            required(by, reason);
        }
    }

    /** Begin a rotation now instead of when it is due. */
    record Rotate(String by, String reason) implements Command {
        public Rotate {
            required(by, reason);
        }
    }

    /**
     * Put a value that an operator has made elsewhere to use as the next version. The value goes with it, in
     * {@link Rotator#provide}.
     *
     * @param label how the operator finds the value again where it was made, such as its name or id in a dashboard;
     *     kept in the record and shown, so it must hold no part of the value; empty for none
     */
    record Provide(String label, String by, String reason) implements Command {
        /** Longest label, in characters. */
        public static final int MAX_LABEL = 100;

        public Provide {
            required(by, reason);
            if (label.length() > MAX_LABEL || label.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "a label has at most " + MAX_LABEL + " characters and no control characters");
            }
        }

        /** Without a label. */
        public Provide(String by, String reason) {
            this("", by, reason);
        }
    }

    /**
     * An operator's word that the value of a version was expired where it was made, needed where no probe can tell.
     */
    record Expired(int version, String by, String reason) implements Command {
        public Expired {
            required(by, reason);
        }
    }

    /** Give the primary role back to the version that had it before; deletes nothing. */
    record Rollback(String by, String reason) implements Command {
        public Rollback {
            required(by, reason);
        }
    }

    /** Give up the rotation under way before it promotes, or a rollback under way before it swaps. */
    record Abort(String by, String reason) implements Command {
        public Abort {
            required(by, reason);
        }
    }

    /** Forbid to revoke a version until it is released. */
    record Hold(int version, String by, String reason) implements Command {
        public Hold {
            required(by, reason);
        }
    }

    /** Take a hold back. */
    record Release(int version, String by, String reason) implements Command {
        public Release {
            required(by, reason);
        }
    }

    /**
     * Erase the value of a revoked version that retires on census, once its soak is over and a census made right before
     * finds nothing that needs it.
     *
     * @param version the version
     * @param forced erase it whatever needs it, counted or not: that becomes unreadable for good; what the same command
     *     without force answers says how much it is
     */
    record Destroy(int version, boolean forced, String by, String reason) implements Command {
        public Destroy {
            required(by, reason);
        }

        /** Refused if anything needs the version. */
        public Destroy(int version, String by, String reason) {
            this(version, false, by, reason);
        }
    }

    /**
     * Declare versions compromised: others may have their values. They are replaced and revoked, and never come back.
     *
     * @param versions the versions; none means every one that may be valid now
     * @param plan in which order
     * @param denyReads give up at once what only a compromised version can open, instead of waiting for a census
     */
    record Compromise(Set<Integer> versions, Emergency.Plan plan, boolean denyReads, String by, String reason)
            implements Command {
        public Compromise {
            required(by, reason);
            Objects.requireNonNull(plan, "plan");
            versions = Set.copyOf(versions);
        }

        /**
         * Every version that may be valid, under the plan that suits the kind: what is presented to an issuer overlaps
         * first, everything else is revoked first.
         */
        public static Compromise of(SecretKind kind, String by, String reason) {
            Emergency.Plan plan =
                    kind == SecretKind.OUTBOUND ? Emergency.Plan.OVERLAP_FIRST : Emergency.Plan.REVOKE_FIRST;
            return new Compromise(Set.of(), plan, false, by, reason);
        }
    }

    /** Let no rotation begin from {@code from} until {@code until}; an emergency does not wait. */
    record Freeze(Instant from, Instant until, String by, String reason) implements Command {
        public Freeze {
            required(by, reason);
            if (!from.isBefore(until)) {
                throw new IllegalArgumentException("a freeze from " + from + " until " + until + " has no length");
            }
        }
    }

    /** Take every freeze back. */
    record Thaw(String by, String reason) implements Command {
        public Thaw {
            required(by, reason);
        }
    }

    /** Retire the secret as a whole: no rotation begins, and the primary is revoked once it is out of use. */
    record Close(String by, String reason) implements Command {
        public Close {
            required(by, reason);
        }
    }

    /** Take a closing back, as long as the primary is not being revoked. */
    record Reopen(String by, String reason) implements Command {
        public Reopen {
            required(by, reason);
        }
    }

    /**
     * Accept nothing that was issued at or before {@code instant} on any replica's clock: the bound is set a skew
     * and a second later. It never goes back.
     */
    record RejectIssuedBefore(Instant instant, String by, String reason) implements Command {
        public RejectIssuedBefore {
            required(by, reason);
            Objects.requireNonNull(instant, "instant");
        }
    }

    /**
     * Go on after the store was restored from a backup: a new incarnation, which every reader follows, in which no
     * version number of the lost history is used again and every wait begins anew. Rotate afterwards: what the
     * backup holds may have been revoked.
     */
    record Restore(String by, String reason) implements Command {
        public Restore {
            required(by, reason);
        }
    }

    private static void required(String by, String reason) {
        Objects.requireNonNull(by, "by");
        if (by.isBlank() || reason.isBlank()) {
            throw new IllegalArgumentException("a command names who asks and why");
        }
    }
}
