package dev.slipring.rotation;

/** What became of a step that was tried. */
public enum StepOutcome {
    /** It was taken, or showed what it was to show. */
    OK,
    /** Another replica's write came first. */
    LOST,
    /** It is to be tried again: minting under another attempt's number, a write that came too late. */
    RETRY,
    /**
     * The issuer, the store or the audit failed, or a probe did not show that a version works which is to be used, or
     * that one does not which is revoked.
     */
    FAILED
}
