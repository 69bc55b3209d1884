package dev.slipring.examples;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something done periodically on a daemon thread until closed; one that fails is logged and done again. */
final class Ticking implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ticking.class);
    private static final long LONGEST_TASK_SECONDS = 5;

    private final ScheduledExecutorService executor;

    /** What is done. */
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }

    private Ticking(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    /** Does {@code task} every {@code millis}, first after that time. */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor, and cannot fail
    static Ticking every(String name, long millis, Task task) {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "demo-" + name);
            thread.setDaemon(true);
            return thread;
        });
        executor.scheduleWithFixedDelay(() -> quietly(name, task), millis, millis, TimeUnit.MILLISECONDS);
        return new Ticking(executor);
    }

    private static void quietly(String name, Task task) {
        try {
            task.run();
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("{} failed this time", name);
        }
    }

    /** Lets a task under way finish, if that does not take long. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LONGEST_TASK_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
