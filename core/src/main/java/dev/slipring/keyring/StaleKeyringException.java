package dev.slipring.keyring;

/**
 * Nothing may be produced now: the view of the secret is older than the staleness bound, and the policy is to stop
 * then. Verifying and opening go on.
 */
public final class StaleKeyringException extends SlipringException {
    private static final long serialVersionUID = 1L;

    StaleKeyringException(SecretName secret) {
        super(
                "secret " + secret + ": the store has not been read for longer than the staleness bound, so nothing may"
                        + " be produced",
                null);
    }
}
