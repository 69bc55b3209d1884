package dev.slipring.examples;

import dev.slipring.examples.Latencies.Sample;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Notes how long what succeeds has taken. Safe for use by several threads.
 *
 * @param clock of the run
 * @param rotating whether a rotation is under way
 * @param latencies where the durations go
 */
record Stopwatch(RunClock clock, BooleanSupplier rotating, Latencies latencies) {

    /** What is measured. */
    @FunctionalInterface
    interface Call<R> {
        R made() throws IOException;
    }

    /** Makes {@code call}. */
    <R> R timed(Call<R> call) throws IOException {
        boolean during = rotating.getAsBoolean();
        long at = clock.millis();
        long began = clock.nanos();
        R result = call.made();
        latencies.add(new Sample(at, clock.nanos() - began, false, during));
        return result;
    }
}
