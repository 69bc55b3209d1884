package dev.slipring.store;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import java.util.Optional;

/**
 * Encrypts values before a store keeps them, under a root key that lies elsewhere. What is sealed opens only as the
 * value of the secret and version that it was sealed for. Root keys have versions: several may open, one of them
 * seals. Implementations are thread-safe, keep no argument, and say in their exceptions which secret, version and
 * root version was concerned, and nothing of the value.
 */
public interface ValueSealer {
    /**
     * The form in which {@code value} is stored, under the root version that seals; the caller owns it.
     *
     * @throws IllegalArgumentException if that form is longer than {@link SecretValue#MAX_LENGTH}
     * @throws StoreUnavailableException if nothing can be sealed now
     */
    SecretValue seal(SecretName secret, int version, SecretValue value);

    /**
     * The value that {@code sealed} holds; the caller owns and wipes it.
     *
     * @throws UnusableRecordException if it was changed, or sealed for another secret or version or in another form
     * @throws StoreUnavailableException if its root version is not at hand, here or now
     */
    SecretValue open(SecretName secret, int version, SecretValue sealed);

    /**
     * The form of the same value under the root version that seals, after {@code sealed} was found to open.
     *
     * @return empty if it is under that version already, else the form to be stored, which the caller owns
     * @throws UnusableRecordException as {@link #open} does
     * @throws StoreUnavailableException as {@link #open} and {@link #seal} do
     */
    Optional<SecretValue> reseal(SecretName secret, int version, SecretValue sealed);

    /**
     * Under which root version {@code sealed} is, after it was found to open.
     *
     * @throws UnusableRecordException as {@link #open} does
     * @throws StoreUnavailableException as {@link #open} does
     */
    int rootVersion(SecretName secret, int version, SecretValue sealed);

    /** Whether {@code stored} has the form of something sealed, whoever sealed it: a claim, not a proof. */
    boolean isSealed(SecretValue stored);
}
