package dev.slipring;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where background work runs. Unless a scheduler is given, on daemon threads of two small pools, so that an issuer
 * which hangs never delays a refresh.
 */
final class Schedulers {
    private static final int THREADS = 2;

    private final ScheduledExecutorService refreshing;
    private final ScheduledExecutorService rotating;
    private final boolean own;

    /** On {@code given}, which stays the caller's, or on own threads if it is null. */
    Schedulers(@Nullable ScheduledExecutorService given) {
        own = given == null;
        refreshing = given != null ? given : Executors.newScheduledThreadPool(THREADS, threads("slipring-refresh-"));
        rotating = given != null ? given : Executors.newScheduledThreadPool(THREADS, threads("slipring-rotate-"));
    }

    ScheduledExecutorService refreshing() {
        return refreshing;
    }

    ScheduledExecutorService rotating() {
        return rotating;
    }

    /** Interrupts what runs and drops what waits, on own threads. */
    void close() {
        if (own) {
            rotating.shutdownNow();
            refreshing.shutdownNow();
        }
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
