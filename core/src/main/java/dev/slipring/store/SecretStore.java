package dev.slipring.store;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.util.Set;

/**
 * Keeps the records and the values of secrets. The store's compare-and-set is the only coordination among
 * replicas: of several writers exactly one wins each epoch. Implementations are thread-safe, and several
 * instances on one place behave like one.
 */
public interface SecretStore extends SecretSource {
    /**
     * Replaces the record whose epoch is one below that of {@code next}, or creates it if that epoch is 1.
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
     * The key under which values are fingerprinted, 32 bytes, made at the first call and the same ever
     * after; the caller owns and wipes it.
     *
     * @throws StoreUnavailableException if the store does not answer
     */
    SecretValue installationKey();
}
