package dev.slipring.rotation;

import dev.slipring.keyring.SecretName;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of a step that this replica tried. Immutable.
 *
 * @param secret whose step
 * @param step what was tried
 * @param outcome what became of it
 * @param verdict what a probe showed; empty for every other step, and if it failed
 * @param took for how long, on a monotonic clock
 */
public record StepReport(
        SecretName secret, Step step, StepOutcome outcome, Optional<ProbeVerdict> verdict, Duration took) {
    /** The report of a step. */
    public StepReport {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(took, "took");
    }
}
