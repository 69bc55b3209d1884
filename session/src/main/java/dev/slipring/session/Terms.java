package dev.slipring.session;

/**
 * What the tokens of one version, or of a foreign format, may say. All bounds in whole seconds since 1970, inclusive.
 *
 * @param suspectUntil what was issued by then may have been signed by somebody else, and is rejected
 * @param lastIssue the last second in which a live replica may have signed with it
 * @param lastResign what was issued by then moves to the primary version
 * @param lateFrom from then on its use is worth a warning
 * @param overlapEnd when it is no longer accepted, as far as its record says
 */
record Terms(long suspectUntil, long lastIssue, long lastResign, long lateFrom, long overlapEnd) {
    static final long ALWAYS = Long.MAX_VALUE;
    static final long NEVER = Long.MIN_VALUE;

    /** The terms of a format to move away from: no compromise of the secret concerns it. */
    static final Terms FOREIGN = new Terms(NEVER, ALWAYS, ALWAYS, ALWAYS, ALWAYS);

    /** Whether everything is rejected. */
    boolean compromised() {
        return suspectUntil == ALWAYS;
    }
}
