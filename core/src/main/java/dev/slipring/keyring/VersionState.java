package dev.slipring.keyring;

/**
 * The states of a secret's version, in the order in which a version passes through them; after each name
 * the state of NIST SP 800-57 part 1 that it corresponds to.
 */
public enum VersionState {
    /** Number reserved, value perhaps stored, used by nobody (pre-activation). */
    STAGED,
    /** Accepted by every replica that knows it, produced with by none (pre-activation). */
    PUBLISHED,
    /** The one version that produces (active). */
    PRIMARY,
    /** No longer produces, still accepted (deactivated). */
    RETIRING,
    /** The irrevocable intent to revoke: neither produces nor is accepted. */
    REVOKING,
    /** Invalid at its issuer; the value is kept until the soak is over. */
    REVOKED,
    /** The value is erased; the metadata stays. */
    DESTROYED;

    /** Whether a replica may sign, encrypt or log in with a version in this state. */
    public boolean produces() {
        return this == PRIMARY;
    }

    /** Whether a replica accepts what was made with a version in this state. */
    public boolean accepts() {
        return this == PUBLISHED || this == PRIMARY || this == RETIRING;
    }
}
