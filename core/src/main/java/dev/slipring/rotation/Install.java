package dev.slipring.rotation;

/** When a value is made valid at its issuer. */
public enum Install {
    /** There is nothing to install: the value is valid as soon as replicas know it. */
    NEVER,
    /** Before readers see the version: an alternating login, an API key. */
    BEFORE_PUBLISH,
    /**
     * After the publish delay, right before promotion: for issuers that know one value at a time, where
     * installing is the switch and every replica must accept the new value first.
     */
    AFTER_PUBLISH_DELAY
}
