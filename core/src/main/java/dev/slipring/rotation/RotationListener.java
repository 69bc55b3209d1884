package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.SecretRecord;
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

    /** This replica has tried a step, whatever became of it; told before {@link #onTransition}. */
    default void onStep(StepReport report) {}

    /** This replica's rotator has come to rest, after every look at the record. */
    default void onPass(PassReport report) {}
}
