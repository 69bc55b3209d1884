package dev.slipring.jdbc;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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
    private final AtomicLong wakes = new AtomicLong();
    private final AtomicReference<@Nullable Future<?>> next = new AtomicReference<>();
    private volatile boolean closed;

    SteppedTask(ScheduledExecutorService scheduler, LongSupplier step) {
        this.scheduler = scheduler;
        this.step = step;
    }

    void wake() {
        wakes.incrementAndGet();
        schedule(0);
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
            long seen = wakes.get();
            long delay = stepSafely();
            schedule(wakes.get() == seen ? delay : 0); // a wake-up during the step must not be cancelled
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

    private void schedule(long delay) {
        try {
            Future<?> scheduled = closed || delay == Long.MAX_VALUE
                    ? null
                    : scheduler.schedule(this::run, delay, TimeUnit.NANOSECONDS);
            Future<?> before = next.getAndSet(scheduled);
            if (before != null) {
                before.cancel(false);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("rotation steps ended: the scheduler is shut down");
        }
    }
}
