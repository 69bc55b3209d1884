package dev.slipring.store;

import dev.slipring.keyring.RotatingSecret.Subscription;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.util.Optional;

/** Reads records and values. Implementations are thread-safe. */
public interface SecretSource {
    /**
     * The record of {@code secret}, and the store's time.
     *
     * @throws StoreUnavailableException if the store does not answer
     * @throws UnusableRecordException if what is stored is damaged, or needs a newer build
     */
    Reading read(SecretName secret);

    /**
     * The value of one version, read as a whole; the caller owns and wipes it.
     *
     * @return empty if the version has no value, not yet or no longer
     * @throws StoreUnavailableException if the store does not answer
     */
    Optional<SecretValue> value(SecretName secret, int version);

    /**
     * Calls {@code changed}, which returns at once, when {@code secret} may have changed, if this source learns of
     * that by itself; nobody depends on it.
     *
     * @return ends the calls when closed
     */
    default Subscription onChange(SecretName secret, Runnable changed) {
        return () -> {};
    }
}
