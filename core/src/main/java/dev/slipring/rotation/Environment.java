package dev.slipring.rotation;

/**
 * What an application's secrets are for. A value that tells for which of these it was made, as many API keys do, is
 * refused in any other.
 */
public enum Environment {
    /** What customers use. */
    PRODUCTION,
    /** Like production, without customers. */
    STAGING,
    /** Developers' machines and tests. */
    DEVELOPMENT,
    /** Nobody has said: a value that belongs to one environment only is refused. */
    UNDECLARED
}
