package dev.slipring.rotation;

/** What a replica does once its view is older than the staleness bound L. Verifying and opening always go on. */
public enum WhenStale {
    /** Go on with the last good view and warn: an outage of the store alone takes no service down. */
    KEEP,
    /** Stop producing until a read succeeds: nothing is ever made with a version that may have been replaced. */
    STOP
}
