package dev.slipring.observe;

/** How a secret, or all of them, stand in one replica; the later the worse. */
public enum HealthStatus {
    /** Nothing is to be said. */
    UP,
    /** Everything works; something is late, and somebody should look before it does not. */
    UP_WITH_WARNINGS,
    /**
     * The view is older than the lease L, so that the replica no longer counts as live: what it produces with may be
     * revoked; or the issuer refuses what it produces with. Whether it goes on producing when its view is stale is a
     * policy's choice, and told beside.
     */
    OUT_OF_SERVICE,
    /** There is no version to be used: the secret was not read yet, or is closed. */
    DOWN;

    HealthStatus orWorse(HealthStatus other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
