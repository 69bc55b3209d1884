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

/** Has the use of a secret looked at once an interval, until it is closed. Started by one thread. */
final class Sampling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sampling.class);

    private final UseWatch watch;
    private final ScheduledExecutorService scheduler;
    private volatile @Nullable ScheduledFuture<?> repeated;

    Sampling(UseWatch watch, ScheduledExecutorService scheduler) {
        this.watch = watch;
        this.scheduler = scheduler;
    }

    void start() {
        long interval = UseDetector.INTERVAL.toNanos();
        try {
            repeated = scheduler.scheduleWithFixedDelay(this::sample, interval, interval, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().log("uses are not looked at: the scheduler is shut down");
        }
    }

    @Override
    public void close() {
        ScheduledFuture<?> task = repeated;
        if (task != null) {
            task.cancel(false);
        }
        watch.close();
    }

    /** What throws is not repeated. */
    private void sample() {
        try {
            watch.sample();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("the use of a secret could not be looked at");
        }
    }
}
