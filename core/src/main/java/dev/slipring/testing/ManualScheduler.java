package dev.slipring.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler whose tasks run in the caller's thread when the caller moves time: in order of their due
 * times, and of their submission where those are equal. {@code execute} and {@code submit} make a task that
 * is due at once and runs at the next {@link #runDue()} or {@link #advance}. Safe for use by several threads;
 * tasks run outside the lock.
 */
public final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    private final ManualClock clock;
    private final PriorityQueue<Task<?>> queue = new PriorityQueue<>(
            Comparator.<Task<?>>comparingLong(task -> task.due).thenComparingLong(task -> task.order));
    private long submitted;
    private boolean shutDown;

    private ManualScheduler(ManualClock clock) {
        this.clock = clock;
    }

    /** A scheduler that goes by {@code clock}. */
    public static ManualScheduler on(ManualClock clock) {
        return new ManualScheduler(Objects.requireNonNull(clock, "clock"));
    }

    /** Runs what is due now, and what that makes due; returns how many tasks ran. */
    public int runDue() {
        int ran = 0;
        for (Task<?> task = poll(clock.nanos()); task != null; task = poll(clock.nanos())) {
            task.runOnce();
            ran++;
        }
        return ran;
    }

    /**
     * Moves the clock forward by {@code step}, stopping at each task's due time to run it.
     *
     * @throws IllegalArgumentException if {@code step} is negative
     */
    public int advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("cannot advance by " + step);
        }
        long end = clock.nanos() + step.toNanos();
        int ran = 0;
        for (Task<?> task = poll(end); task != null; task = poll(end)) {
            clock.advance(Duration.ofNanos(Math.max(0, task.due - clock.nanos())));
            task.runOnce();
            ran++;
        }
        clock.advance(Duration.ofNanos(Math.max(0, end - clock.nanos())));
        return ran;
    }

    /** How many tasks wait. */
    public synchronized int pending() {
        return queue.size();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return enqueue(new Task<>(command, unit.toNanos(delay), 0));
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        return enqueue(new Task<>(callable, unit.toNanos(delay)));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long first, long period, TimeUnit unit) {
        if (period <= 0) {
            throw new IllegalArgumentException("period " + period + " is not above zero");
        }
        return enqueue(new Task<>(command, unit.toNanos(first), unit.toNanos(period)));
    }

    /** The same as at a fixed rate: tasks take no time here. */
    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
        return scheduleAtFixedRate(command, first, delay, unit);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nobody asks what becomes of an executed task
    public void execute(Runnable command) {
        enqueue(new Task<>(command, 0, 0));
    }

    @Override
    public synchronized void shutdown() {
        shutDown = true;
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutDown = true;
        List<Runnable> waiting = new ArrayList<>(queue);
        queue.clear();
        return waiting;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutDown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutDown && queue.isEmpty();
    }

    /** Does not wait, since nothing would move time meanwhile. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    private synchronized <V> Task<V> enqueue(Task<V> task) {
        if (shutDown) {
            throw new RejectedExecutionException("the manual scheduler is shut down");
        }
        task.order = submitted++;
        queue.add(task);
        return task;
    }

    private synchronized @Nullable Task<?> poll(long until) {
        Task<?> first = queue.peek();
        if (first == null || first.due > until) {
            return null;
        }
        return queue.poll();
    }

    private synchronized void again(Task<?> task) {
        if (!shutDown && !task.isCancelled()) {
            task.due += task.period;
            task.order = submitted++;
            queue.add(task);
        }
    }

    /** The manual clock starts at zero, so the largest number is never reached. */
    private long due(long delay) {
        long now = clock.nanos();
        return delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + Math.max(0, delay);
    }

    private synchronized void forget(Task<?> task) {
        queue.remove(task);
    }

    private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
        private final long period;
        private long due;
        private long order;

        Task(Callable<V> callable, long delay) {
            super(callable);
            this.due = due(delay);
            this.period = 0;
        }

        @SuppressWarnings("NullAway") // the result of a Runnable is null, which Future allows
        Task(Runnable command, long delay, long period) {
            super(command, null);
            this.due = due(delay);
            this.period = period;
        }

        void runOnce() {
            if (period == 0) {
                run();
            } else if (runAndReset()) {
                again(this);
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            forget(this);
            return super.cancel(mayInterrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - clock.nanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
