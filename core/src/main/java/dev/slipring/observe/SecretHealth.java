package dev.slipring.observe;

import dev.slipring.keyring.RefreshFailure;
import dev.slipring.keyring.SecretName;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How one secret stands in one replica. Metadata only. Immutable.
 *
 * @param secret its name
 * @param findings why it is not simply up; empty if it is
 * @param produces whether the replica may produce with it now
 * @param view what the replica sees of it; empty if it was not read yet or is no longer in use
 */
public record SecretHealth(SecretName secret, List<Finding> findings, boolean produces, Optional<Seen> view) {
    /** The health of a secret. */
    public SecretHealth {
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(view, "view");
        findings = List.copyOf(findings);
    }

    /**
     * What a replica sees of a secret.
     *
     * @param primary number of the version that produces
     * @param age since when it does, at the store; empty if the record does not say
     * @param phase how far a rotation has come, by the states of the versions
     * @param staleness how long ago the view was last confirmed
     * @param lease L: how old it may become
     * @param lastFailure why the latest attempt to confirm it failed; empty if it succeeded
     */
    public record Seen(
            int primary,
            Optional<Duration> age,
            Phase phase,
            Duration staleness,
            Duration lease,
            Optional<RefreshFailure> lastFailure) {
        /** What is seen. */
        public Seen {
            Objects.requireNonNull(age, "age");
            Objects.requireNonNull(phase, "phase");
            Objects.requireNonNull(staleness, "staleness");
            Objects.requireNonNull(lease, "lease");
            Objects.requireNonNull(lastFailure, "lastFailure");
        }
    }

    /** The health of a secret that was declared and cannot be used yet, or no longer. */
    public static SecretHealth unread(SecretName secret) {
        Finding finding = new Finding(Finding.Kind.NOT_READ, "it is not read yet, or no longer in use");
        return new SecretHealth(secret, List.of(finding), false, Optional.empty());
    }

    /** The worst of what was found. */
    public HealthStatus status() {
        return findings.stream().map(finding -> finding.kind().status()).reduce(HealthStatus.UP, HealthStatus::orWorse);
    }

    /** One line for a person. */
    @Override
    public String toString() {
        String seen = view.map(now -> ", version " + now.primary + ", " + now.phase + ", confirmed " + now.staleness
                        + " ago"
                        + now.lastFailure
                                .map(last -> ", then " + last.type() + " " + last.ago() + " ago")
                                .orElse(""))
                .orElse("");
        String why = findings.stream().map(Finding::toString).collect(Collectors.joining("; ", " (", ")"));
        return secret + " " + status() + seen + (produces ? "" : ", produces nothing")
                + (findings.isEmpty() ? "" : why);
    }
}
