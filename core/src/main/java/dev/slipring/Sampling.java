package dev.slipring;

import dev.slipring.observe.UseDetector;
import dev.slipring.observe.UseWatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the use of a secret looked at once an interval, until it is closed. Safe for use by several threads. */
final class Sampling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sampling.class);

    private final UseWatch watch;
    private final ScheduledExecutorService scheduler;
    private volatile @Nullable ScheduledFuture<?> next;
    private volatile boolean closed;

    Sampling(UseWatch watch, ScheduledExecutorService scheduler) {
        this.watch = watch;
        this.scheduler = scheduler;
    }

    void start() {
        schedule();
    }

    @Override
    public void close() {
        closed = true;
        ScheduledFuture<?> pending = next;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void sample() {
        try {
            if (!closed) {
                watch.sample();
            }
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("the use of a secret could not be looked at");
        } finally {
            schedule();
        }
    }

    private void schedule() {
        if (closed) {
            return;
        }
        try {
            next = scheduler.schedule(this::sample, UseDetector.INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("looking at uses ended: the scheduler is shut down");
        }
    }
}
