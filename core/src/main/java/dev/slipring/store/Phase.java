package dev.slipring.store;

/** How far the forward part of a rotation has come. Retirement is a matter of each version, not of the phase. */
public enum Phase {
    /** No rotation is under way. */
    IDLE,
    /** A number is reserved; the value is being made, stored and perhaps installed. */
    MINTING,
    /** Replicas learn the new version; the old one still produces. */
    PUBLISHED,
    /** The new version produces; the old one is still accepted, and a rollback is possible. */
    OVERLAP,
    /** The new version is being revoked; the old one never stopped producing. */
    ABORTING
}
