package dev.slipring.crypto;

import dev.slipring.keyring.SecretValue;
import java.time.Duration;

/**
 * A key encryption key that somebody else holds, such as a key management service: wraps data keys and unwraps them.
 * Each call is bound to a {@link KeyBinding}, which goes to the service as its own associated data, so that a wrapped
 * data key opens for nothing else.
 *
 * <p>Implementations are thread-safe, pin one version of one key, never retry without bound, and have a time-out of
 * their own, shorter than {@link KeySupply#patience(Duration)}. They are called outside any lock.
 */
public interface KeyWrapper {
    /**
     * Name of the key and its version at the service, for messages; no secret.
     *
     * @return the same each time
     */
    String keyId();

    /**
     * {@code dek}, wrapped.
     *
     * @param dek a data key, 32 bytes, which the caller wipes; not to be kept or changed
     * @param binding what it is for
     * @return 1 to 4096 bytes, which hold nothing in the clear
     * @throws RuntimeException if the service does not answer, refuses, or has no such key
     */
    byte[] wrap(byte[] dek, KeyBinding binding);

    /**
     * The data key in {@code wrapped}.
     *
     * @param wrapped what {@link #wrap} gave, or what somebody forged
     * @param binding what it is said to be for
     * @return the data key, which the caller owns and wipes
     * @throws KeyRefusedException if the service says that this key did not wrap it, or not with this binding
     * @throws RuntimeException if the service does not answer, refuses, or has no such key
     */
    byte[] unwrap(byte[] wrapped, KeyBinding binding);

    /** Finds the key that a version of a ring stands for. Implementations are thread-safe. */
    @FunctionalInterface
    interface Source {
        /**
         * The wrapper of one version. Called once for each version and value, when it is needed first, and makes no
         * call to the service.
         *
         * @param version number of the version
         * @param reference the version's value, which names the key at the service; to be read and not kept
         * @return its wrapper
         * @throws RuntimeException if the value names no key
         */
        KeyWrapper wrapper(int version, SecretValue reference);
    }
}
