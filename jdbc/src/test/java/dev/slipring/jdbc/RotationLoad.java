package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Threads that run short transactions until they are told to stop. */
public final class RotationLoad {
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger transactions = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private RotationLoad() {}

    public static RotationLoad on(DataSource source, int threads) {
        RotationLoad load = new RotationLoad();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> load.work(source));
            load.threads.add(thread);
            thread.start();
        }
        return load;
    }

    /** Waits for some more transactions, or a failure. */
    public void goOn() throws Exception {
        int before = transactions.get();
        Await.until("work goes on", () -> transactions.get() > before + 10 || !failures.isEmpty());
    }

    /** Ends the threads; what failed meanwhile. */
    public List<Throwable> stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    private void work(DataSource source) {
        while (!stopped) {
            try (Connection connection = source.getConnection()) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT pg_sleep(0.004)");
                }
                connection.commit();
                transactions.incrementAndGet();
            } catch (SQLException | RuntimeException e) {
                failures.add(e);
            }
        }
    }
}
