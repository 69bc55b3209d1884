package dev.slipring.rotation;

/** What trying a value at its issuer showed. */
public enum ProbeVerdict {
    /** The issuer accepts the value. */
    ALIVE,
    /** The issuer says that the value is not valid. */
    DEAD,
    /** Neither could be shown: overload, time-out, no connection. Never promotes, never counts as revoked. */
    INCONCLUSIVE
}
