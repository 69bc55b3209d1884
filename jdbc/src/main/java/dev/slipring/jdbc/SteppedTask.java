package dev.slipring.jdbc;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step on a scheduler, one at a time: when woken, and when the last step asked to be called again. A
 * step answers with nanoseconds, {@code Long.MAX_VALUE} meaning never. Safe for use by several threads.
 */
final class SteppedTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SteppedTask.class);
    private static final long AFTER_FAILURE = TimeUnit.SECONDS.toNanos(1);

    private final ScheduledExecutorService scheduler;
    private final LongSupplier step;
    private final ReentrantLock stepping = new ReentrantLock();
    private final ReentrantLock scheduling = new ReentrantLock();
    private long wakes;
    private @Nullable Future<?> next;
    private volatile boolean closed;

    SteppedTask(ScheduledExecutorService scheduler, LongSupplier step) {
        this.scheduler = scheduler;
        this.step = step;
    }

    void wake() {
        scheduling.lock();
        try {
            wakes++;
            schedule(0);
        } finally {
            scheduling.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        schedule(Long.MAX_VALUE);
        stepping.lock();
        try {
            LOG.debug("rotation steps ended"); // none is under way any more
        } finally {
            stepping.unlock();
        }
    }

    private void run() {
        stepping.lock();
        try {
            if (closed) {
                return;
            }
            long seen = wakes();
            long delay = stepSafely();
            scheduleUnlessWoken(seen, delay);
        } finally {
            stepping.unlock();
        }
    }

    private long stepSafely() {
        try {
            return step.getAsLong();
        } catch (RuntimeException e) {
            LOG.error("a rotation step failed; it is tried again", e);
            return AFTER_FAILURE;
        }
    }

    private long wakes() {
        scheduling.lock();
        try {
            return wakes;
        } finally {
            scheduling.unlock();
        }
    }

    private void scheduleUnlessWoken(long seen, long delay) {
        scheduling.lock();
        try {
            schedule(wakes == seen ? delay : 0);
        } finally {
            scheduling.unlock();
        }
    }

    /** Replaces what was scheduled; under the lock, or one who wakes could cancel what the step it caused asked for. */
    private void schedule(long delay) {
        scheduling.lock();
        try {
            if (next != null) {
                next.cancel(false);
            }
            next = null;
            if (!closed && delay != Long.MAX_VALUE) {
                next = scheduler.schedule(this::run, delay, TimeUnit.NANOSECONDS);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("rotation steps ended: the scheduler is shut down");
        } finally {
            scheduling.unlock();
        }
    }
}
