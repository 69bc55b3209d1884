package dev.slipring.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Threads that begin at once. */
final class Crowd {
    private final int size;

    private Crowd(int size) {
        this.size = size;
    }

    static Crowd of(int size) {
        return new Crowd(size);
    }

    /** What {@code task} gives in each thread. */
    <T> List<T> all(Callable<T> task) throws Exception {
        return each(Stream.generate(() -> task).limit(size).toList());
    }

    /** What each task gives, each in a thread of its own. */
    <T> List<T> each(List<? extends Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
        try {
            CountDownLatch ready = new CountDownLatch(tasks.size());
            List<Future<T>> futures = new ArrayList<>();
            for (Callable<T> task : tasks) {
                futures.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return task.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
