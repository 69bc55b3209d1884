package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SteppedTaskTest {
    private final Prompt scheduler = new Prompt();

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    @Test
    void wakeUp_whoseStepEndsBeforeItIsNoted_leavesTheNextStepScheduled() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        try (SteppedTask task = new SteppedTask(
                scheduler, () -> steps.incrementAndGet() < 3 ? TimeUnit.MILLISECONDS.toNanos(1) : Long.MAX_VALUE)) {
            task.wake();
            Await.until("the steps that were asked for", () -> steps.get() == 3);
        }
    }

    @Test
    void step_thatThrows_isTriedAgain() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        try (SteppedTask task = new SteppedTask(scheduler, () -> {
            if (steps.incrementAndGet() == 1) {
                throw new IllegalStateException("as planned");
            }
            return Long.MAX_VALUE;
        })) {
            task.wake();
            Await.until("the second step", () -> steps.get() == 2);
        }
    }

    @Test
    void closedTask_stepsNoMore() {
        AtomicInteger steps = new AtomicInteger();
        SteppedTask task = new SteppedTask(scheduler, () -> steps.incrementAndGet());
        task.close();
        task.wake();
        assertThat(steps).hasValue(0);
    }

    /** Runs what is due before it tells that it is scheduled, as a quick thread may. */
    private static final class Prompt extends ScheduledThreadPoolExecutor {
        Prompt() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            if (delay > 0) {
                return super.schedule(task, delay, unit);
            }
            task.run();
            return super.schedule(() -> {}, 0, unit);
        }
    }
}
