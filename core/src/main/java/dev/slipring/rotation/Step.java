package dev.slipring.rotation;

import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What the protocol says comes next: a write of the record, an effect outside it after which to ask again,
 * or neither. Steps are data; {@link Rotator} performs them.
 */
public sealed interface Step {

    /** A change of the record by compare-and-set, after which the protocol is asked anew. */
    sealed interface Write extends Step {
        /** The record to be written. */
        SecretRecord after();
    }

    /** Something done or learned outside the record, which then becomes evidence. */
    sealed interface Effect extends Step {
        /** The version concerned. */
        Issuance issuance();
    }

    /** Nothing to do now. */
    sealed interface Rest extends Step {
        /** When to ask again; asking earlier loses nothing. */
        Instant until();

        /** Why, for a person. */
        String why();
    }

    // ---- writes

    /** The first record: version 1 is published and promoted at once, since nobody produced before. */
    record Create(SecretRecord after) implements Write {}

    /** A rotation begins: number, slot and rotation id are reserved. */
    record Begin(SecretRecord after) implements Write {}

    /** Minting failed and is to be tried again under the next attempt's number. */
    record Retry(SecretRecord after) implements Write {}

    /** Readers may learn the version. */
    record Publish(SecretRecord after) implements Write {}

    /** The version takes the primary role; the one before retires. */
    record Promote(SecretRecord after) implements Write {}

    /** First half of a rollback: lifts the bound on what the old version made. */
    record Readmit(SecretRecord after) implements Write {}

    /** Second half of a rollback: the old version is primary again. */
    record Swap(SecretRecord after) implements Write {}

    /** The rotation under way is given up after its issuer may have switched: that is taken back first. */
    record Withdraw(SecretRecord after) implements Write {}

    /** A version that will not be primary after all, or not again, retires from now on. */
    record Retire(SecretRecord after) implements Write {}

    /** The forward part of the rotation is over. */
    record Park(SecretRecord after) implements Write {}

    /** The irrevocable intent to revoke a version. */
    record Intend(SecretRecord after, int version) implements Write {}

    /** A version is revoked. */
    record Done(SecretRecord after) implements Write {}

    /** A version's value is gone. */
    record Destroy(SecretRecord after) implements Write {}

    /** The rotation under way is given up; its version is to be revoked. */
    record Abort(SecretRecord after, int version) implements Write {}

    /** A version is held, or released. */
    record Hold(SecretRecord after) implements Write {}

    /** The durations in force grow to those of this replica's policy. */
    record Raise(SecretRecord after) implements Write {}

    /** An operator's order for the secret as a whole changed: a freeze, a closing, a bound on what was issued. */
    record Order(SecretRecord after) implements Write {}

    /** Versions are declared compromised: an emergency begins, or grows. */
    record Compromise(SecretRecord after) implements Write {}

    /** Every compromised version is revoked: the emergency is over. */
    record Resolve(SecretRecord after) implements Write {}

    /** A store that was restored from a backup goes on as a new incarnation. */
    record Restore(SecretRecord after) implements Write {}

    // ---- effects

    /** Make a value and store it, unless one is stored. */
    record Mint(Issuance issuance) implements Effect {}

    /** Make the stored value valid at the issuer. */
    record Install(Issuance issuance) implements Effect {}

    /** Try the value at the issuer. */
    record Probe(Issuance issuance) implements Effect {}

    /** Ask the issuer whether the version is in use. */
    record AskUse(Issuance issuance) implements Effect {}

    /** Count what only the version can open. */
    record Count(Issuance issuance) implements Effect {}

    /** Make the version invalid at the issuer. */
    record Revoke(Issuance issuance) implements Effect {}

    /** Erase the value. */
    record Erase(Issuance issuance) implements Effect {}

    /** Read what the replicas report. */
    record AskReplicas(Issuance issuance) implements Effect {}

    /** Retire what was minted up to this rotation and stored by nobody. */
    record Sweep(Issuance issuance) implements Effect {}

    /** Show the primary version to plain readers of the store. */
    record Reconcile(Issuance issuance) implements Effect {}

    // ---- rest

    /** Ask again at {@code until}, or earlier: nothing is lost by asking early. */
    record Wait(Instant until, String why) implements Rest {
        public Wait {
            Objects.requireNonNull(until, "until");
        }
    }

    /**
     * The same, and somebody should be told: what is waited for does not come by itself.
     *
     * @param every how often somebody is told by one replica, as long as it lasts
     */
    record Alert(Instant until, String why, Duration every) implements Rest {
        public Alert {
            Objects.requireNonNull(until, "until");
            Objects.requireNonNull(every, "every");
        }

        /** Told every quarter of an hour. */
        public Alert(Instant until, String why) {
            this(until, why, EmergencyPart.REMINDER);
        }
    }

    /** The command is not allowed in the present state; nothing was changed. */
    record Refuse(String why) implements Rest {
        /** Asking again may be worth it at any time. */
        @Override
        public Instant until() {
            return Instant.MIN;
        }
    }
}
