package dev.slipring.store;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the records and the values of secrets. The store's compare-and-set is the only coordination among
 * replicas: of several writers exactly one wins each epoch. Implementations are thread-safe, and several
 * instances on one place behave like one.
 */
public interface SecretStore extends SecretSource {
    /** What the protocol must know of this store; always the same answer. {@link StoreTraits#PLAIN} unless told. */
    default StoreTraits traits() {
        return StoreTraits.PLAIN;
    }

    /**
     * Replaces the record that {@code next} {@linkplain SecretRecord#succeeds succeeds}, or creates it if its epoch
     * is 1.
     *
     * @param window checked right before the write takes effect; once it is closed nothing is written
     * @return whether {@code next} is now the record; false if another writer was first or the window closed
     * @throws StoreUnavailableException if the store does not answer; the write may or may not have happened
     */
    boolean compareAndSet(SecretRecord next, WriteWindow window);

    /**
     * Stores {@code value} unless the version has one.
     *
     * @return the value that is stored now, which another writer may have put first; the caller owns it
     * @throws StoreUnavailableException if the store does not answer; the value may or may not be stored
     */
    SecretValue putValueIfAbsent(SecretName secret, int version, SecretValue value);

    /**
     * Gives the value of one version another stored form, if it has exactly {@code expected} now: how a value that is
     * sealed at rest comes under another root key. What a version stands for never changes, so nobody but whoever
     * seals values calls this. A value that was erased, by whatever process, never comes back.
     *
     * @return whether {@code next} is stored now; false if another form is, or none
     * @throws StoreUnavailableException if the store does not answer; the form may or may not have been replaced
     * @throws UnsupportedOperationException if this store cannot compare and set values
     */
    default boolean replaceValue(SecretName secret, int version, SecretValue expected, SecretValue next) {
        throw new UnsupportedOperationException("this store cannot replace the stored form of a value");
    }

    /**
     * Erases the value of one version, for good; success if it has none.
     *
     * @throws StoreUnavailableException if it is not certain that the value is gone
     */
    void eraseValue(SecretName secret, int version);

    /**
     * The secrets that have a record.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    Set<SecretName> names();

    /**
     * Keeps {@code report} in place of the replica's last one; called only where the traits say so. Reports of
     * replicas that have long been gone may be dropped.
     *
     * @throws StoreUnavailableException if it is not certain that the report is kept
     */
    default void report(SecretName secret, ReplicaReport report) {}

    /**
     * The last report of each replica that uses {@code secret}.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    default List<ReplicaReport> reports(SecretName secret) {
        return List.of();
    }

    /**
     * Makes plain readers of this store, who know nothing of records, see the value of the version that is primary
     * by the present record; called only where the traits say so. May be called again, and late.
     *
     * @throws StoreUnavailableException if it is not certain that they do
     */
    default void reconcile(SecretName secret) {}

    /**
     * What else rotates {@code secret}, such as a rotation schedule of the store itself: two rotators on one secret
     * end in an outage, so none starts where this is present.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    default Optional<String> rotatedBy(SecretName secret) {
        return Optional.empty();
    }

    /**
     * The key under which values are fingerprinted, 32 bytes, made at the first call and the same ever
     * after; the caller owns and wipes it.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    SecretValue installationKey();
}
