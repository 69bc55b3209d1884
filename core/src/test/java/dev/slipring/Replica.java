package dev.slipring;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.RotatingSecret;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A secret as a process of a crash test uses it, which knows for every act the age of the view that the act
 * used. A process that the machine stopped in the middle of an act sees so by that age. Safe for use by several
 * threads.
 */
record Replica(RotatingSecret secret) {

    /** What is used now. The age is looked at before the view, so that it is not that of a later view. */
    Held hold() {
        long since = CrashPlace.nanos();
        long age = secret.staleness().toNanos();
        return new Held(secret.keyring(), since, age);
    }

    /** Whether an act with a view of that age counts as one of a live process. */
    static boolean live(long age) {
        return age <= CrashPlace.STALENESS.toNanos();
    }

    /** A view in use since a moment, when it was at most that old. */
    record Held(Keyring keyring, long since, long ageThen) {

        /** At most how old the view is now. */
        long age() {
            return ageThen + CrashPlace.nanos() - since;
        }

        /**
         * Does something with the values of the view; empty if they were wiped, as they may be once the process has
         * been stopped for longer than it takes to turn to a newer view.
         *
         * @throws IllegalStateException if they were wiped too early
         */
        <T> Optional<T> use(Supplier<T> act) {
            try {
                return Optional.of(act.get());
            } catch (IllegalStateException e) {
                if (CrashPlace.nanos() - since > CrashPlace.ADOPTION.toNanos()) {
                    return Optional.empty();
                }
                throw e;
            }
        }
    }
}
