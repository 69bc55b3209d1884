package dev.slipring.observe;

import java.util.Objects;

/**
 * Something unusual about the use of a secret within one interval. Numbers only, no secret material. Immutable.
 *
 * @param kind what is unusual
 * @param detail the same with its numbers, for a person
 */
public record Anomaly(Kind kind, String detail) {
    /** An anomaly. */
    public Anomaly {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    /** What can be unusual; a set that grows. */
    public enum Kind {
        /** Somebody used a version that is accepted no more: an attacker, or a replica that was forgotten. */
        REVOKED_USE(true),
        /** A version that retires is still used in the last fifth of its overlap. */
        OLD_VERSION_USE(false),
        /** Far more bad signatures or tags than before. */
        BAD_SIGNATURES(false),
        /** Far more unknown keys than before. */
        UNKNOWN_KEYS(false),
        /** Far more refused logins or calls than before. */
        FAILED_LOGINS(false),
        /** Used at an hour of the week at which it never is. */
        UNUSUAL_HOUR(false),
        /** Used far more often than ever at this hour of the week. */
        UNUSUAL_RATE(false);

        private final boolean pages;

        Kind(boolean pages) {
            this.pages = pages;
        }

        /** Whether somebody has to act at once; else somebody should look. */
        public boolean pages() {
            return pages;
        }
    }

    @Override
    public String toString() {
        return detail;
    }
}
