package dev.slipring.testing;

/** Kills a simulated replica: an error, so that nothing on the way treats it as a failed call. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String moment) {
        super(moment, null, false, false);
    }
}
