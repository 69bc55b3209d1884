package dev.slipring.examples;

/** Uses everything. */
final class LeakRun {
    private LeakRun() {}

    static void in(LeakWorld world) {}
}
