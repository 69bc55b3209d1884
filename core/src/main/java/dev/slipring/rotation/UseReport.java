package dev.slipring.rotation;

/** What an issuer says of the use of a version at the present moment. */
public enum UseReport {
    /** Nobody uses the version. */
    IDLE,
    /** Somebody uses it. */
    IN_USE,
    /** The issuer could not tell this time; counts as missing evidence. */
    UNKNOWN
}
