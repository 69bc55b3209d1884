package dev.slipring.keyring;

/**
 * The moments in the life of a version that its record keeps. Each is an upper bound in the store's time:
 * the write that set it had taken effect by then.
 */
public enum Stamp {
    /** Became known to readers. */
    PUBLISHED,
    /** Began to produce. */
    PRIMARY,
    /** Given up while its issuer may have switched to it already: accepted until the issuer has switched back. */
    WITHDRAWN,
    /** Stopped producing; absent while a rollback readmits the version. */
    RETIRING,
    /** A rollback lifted the bound that {@link #RETIRING} puts on what the version made. */
    READMITTED,
    /** The intent to revoke was written. */
    REVOKING,
    /** Found invalid at the issuer. */
    REVOKED,
    /** The value was erased. */
    DESTROYED
}
