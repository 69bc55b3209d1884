package dev.slipring.observe;

import java.util.Objects;

/**
 * Why a secret is not simply up. Immutable.
 *
 * @param kind what was found
 * @param detail the same with its numbers, for a person; no secret material
 */
public record Finding(Kind kind, String detail) {
    /** A finding. */
    public Finding {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /** What can be found; a set that grows. */
    public enum Kind {
        /** The secret was declared and is not read yet, or no longer in use. */
        NOT_READ(HealthStatus.DOWN),
        /** The view is older than the lease L. */
        STALE(HealthStatus.OUT_OF_SERVICE),
        /** The view is older than half of it. */
        AGING_VIEW(HealthStatus.UP_WITH_WARNINGS),
        /** The issuer said last that the primary version is not valid. */
        REFUSED(HealthStatus.OUT_OF_SERVICE),
        /** Replicas have not taken up the present record for longer than one needs that reaches the store. */
        BEHIND(HealthStatus.UP_WITH_WARNINGS),
        /** The primary version has reached the age at which somebody is warned, paged, or the maximum age. */
        AGE(HealthStatus.UP_WITH_WARNINGS),
        /** A phase has lasted for more than one and a half times what is planned. */
        PHASE(HealthStatus.UP_WITH_WARNINGS),
        /** The rotator waits for something that does not come by itself; the log and listeners say for what. */
        ALERT(HealthStatus.UP_WITH_WARNINGS),
        /** A value that is in use should not be: it is weak, well known, or somebody else's as well. */
        GUARD(HealthStatus.UP_WITH_WARNINGS),
        /** Within the last hour it was used in an unusual way. */
        ANOMALY(HealthStatus.UP_WITH_WARNINGS);

        private final HealthStatus status;

        Kind(HealthStatus status) {
            this.status = status;
        }

        /** The status of a secret of which no more is found than this. */
        public HealthStatus status() {
            return status;
        }
    }

    @Override
    public String toString() {
        return detail;
    }
}
