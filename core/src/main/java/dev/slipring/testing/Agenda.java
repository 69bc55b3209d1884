package dev.slipring.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time of one simulation. All that happens is a task, run in the caller's thread at its moment. A task may let
 * time pass, as a slow call does: then other tasks run in the midst of it. The first failure ends the simulation.
 */
final class Agenda {
    /** How many slow calls may be under way at once; a call beyond that takes no time. */
    private static final int SLOW_CALLS = 32;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private @Nullable Throwable failure;
    private int slowCalls;

    ManualClock clock() {
        return clock;
    }

    ManualScheduler scheduler() {
        return scheduler;
    }

    Instant now() {
        return clock.instant();
    }

    long nanos() {
        return clock.nanos();
    }

    /** Runs {@code task} after {@code delay}, or at once if that is negative. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failure is kept here
    void after(Duration delay, Runnable task) {
        scheduler.schedule(() -> guarded(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
    }

    /** Runs {@code task} at the present moment, after what is under way. */
    void soon(Runnable task) {
        after(Duration.ZERO, task);
    }

    /** Lets time pass within a task. */
    void pass(Duration time) {
        if (slowCalls >= SLOW_CALLS || time.isNegative() || time.isZero()) {
            return;
        }
        slowCalls++;
        try {
            scheduler.advance(time);
        } finally {
            slowCalls--;
        }
    }

    /**
     * Lets the simulation go on for {@code time}.
     *
     * @throws IllegalStateException if a task failed
     */
    void go(Duration time) {
        scheduler.advance(time);
        if (failure != null) {
            throw new IllegalStateException("the simulation broke at " + now() + ": " + failure, failure);
        }
    }

    private void guarded(Runnable task) {
        if (failure != null) {
            return;
        }
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }
}
