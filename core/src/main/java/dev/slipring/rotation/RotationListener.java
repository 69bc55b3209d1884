package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.SecretRecord;
import java.util.List;
import java.util.Optional;

/**
 * Is told what this replica's rotator did, after it is done. A listener that throws is logged and never stops a
 * rotation. Called by the rotator's threads; implementations are thread-safe.
 */
public interface RotationListener {
    /**
     * This replica has written a record.
     *
     * @param step the step that was taken
     * @param before the record it replaced; empty when the secret was created
     * @param after the record now
     */
    void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after);

    /** Something is waited for that does not come by itself. Told again as long as it lasts. */
    default void onAlert(SecretName secret, String why) {}

    /**
     * Everything that is waited for at the end of a pass of this replica's rotator, whether it was told before or not;
     * empty if nothing is. Until the next pass has ended, that is how things stand.
     */
    default void onStanding(SecretName secret, List<String> alerts) {}
}
