package dev.slipring.bench.login;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Threads that each run one short transaction after the other: a write and 5 ms in the server. A closed loop: while a
 * thread waits for a connection it asks for no other, so that stalls are counted once a thread and not once for each
 * request that would have come meanwhile.
 */
final class WorkLoad {
    static final int THREADS = 8;

    private static final long LONGEST = TimeUnit.SECONDS.toNanos(60);

    private final DataSource source;
    private final String table;
    private final Histogram checkouts = new ConcurrentHistogram(LONGEST, 3);
    private final Histogram transactions = new ConcurrentHistogram(LONGEST, 3);
    private final AtomicInteger failedCheckouts = new AtomicInteger();
    private final AtomicInteger killedTransactions = new AtomicInteger();
    private volatile boolean stopped;

    /** What happened while work went on; durations in nanoseconds, transactions with their check-out. */
    record Outcome(Histogram checkouts, Histogram transactions, int failedCheckouts, int killedTransactions) {}

    /** What somebody else does while work goes on. */
    interface Meanwhile {
        void run() throws SQLException, InterruptedException;
    }

    private WorkLoad(DataSource source, String table) {
        this.source = source;
        this.table = table;
    }

    /** Works for {@code time}, or as long as {@code meanwhile} takes, and until each thread is through. */
    static Outcome run(DataSource source, String table, Duration time, Meanwhile meanwhile) throws Exception {
        WorkLoad load = new WorkLoad(source, table);
        long end = System.nanoTime() + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Thread thread = new Thread(() -> load.work(number));
            thread.start();
            threads.add(thread);
        }
        try {
            meanwhile.run();
            LockSupport.parkNanos(Math.max(0, end - System.nanoTime()));
        } finally {
            load.stopped = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return new Outcome(
                load.checkouts, load.transactions, load.failedCheckouts.get(), load.killedTransactions.get());
    }

    private void work(int thread) {
        while (!stopped) {
            long begun = System.nanoTime();
            Connection connection;
            try {
                connection = source.getConnection();
            } catch (SQLException | RuntimeException e) {
                failedCheckouts.incrementAndGet();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                continue;
            } finally {
                record(checkouts, begun);
            }
            try {
                transact(connection, thread);
            } catch (SQLException | RuntimeException e) { // HikariCP closes under its users by either
                killedTransactions.incrementAndGet();
            }
            record(transactions, begun);
        }
    }

    private void transact(Connection borrowed, int thread) throws SQLException {
        try (Connection connection = borrowed) {
            connection.setAutoCommit(false);
            try (PreparedStatement write = connection.prepareStatement("INSERT INTO " + table
                            + " AS t VALUES (?, 1) ON CONFLICT (thread) DO UPDATE SET number = t.number + 1");
                    Statement wait = connection.createStatement()) {
                write.setInt(1, thread);
                write.executeUpdate();
                wait.execute("SELECT pg_sleep(0.005)");
            }
            connection.commit();
        }
    }

    private static void record(Histogram histogram, long begun) {
        histogram.recordValue(Math.min(LONGEST, System.nanoTime() - begun));
    }
}
