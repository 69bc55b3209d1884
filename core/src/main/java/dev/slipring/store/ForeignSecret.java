package dev.slipring.store;

import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretValue;

/**
 * A secret that something else rotates, as it can be seen from here: files that are mounted, the database engine of a
 * Vault, a secret that a cloud rotates. A {@link FollowedSecretSource} makes records of what it sees.
 *
 * <p>Implementations are thread-safe. {@link #look} is called by one thread at a time.
 */
@FunctionalInterface
public interface ForeignSecret extends AutoCloseable {
    /**
     * What there is to be seen now, read as a whole: never the user of one login with the password of another.
     *
     * @return the caller's, who wipes it
     * @throws StoreUnavailableException if it cannot be seen now: what was seen last stays in use
     * @throws UnusableRecordException if what is there is no value of this secret; the message names the place, and
     *     quotes nothing of it
     */
    Sighting look();

    /**
     * Told once that {@code value}, which was seen before, is not accepted by this process any more, such as to give
     * back a lease. Called by the thread that looks, within a read: it deals with its failures itself.
     *
     * @param value stays the caller's, who wipes it afterwards
     */
    default void released(SecretValue value) {}

    /**
     * Calls {@code changed}, which returns at once, when there may be something else to be seen. Nothing depends on
     * it: without it a change is seen at the next refresh.
     *
     * @return ends the calls when closed
     */
    default Subscription onChange(Runnable changed) {
        return () -> {};
    }

    /** Gives up what looking needs. Called once, by the source; a look may still be under way. */
    @Override
    default void close() {}
}
