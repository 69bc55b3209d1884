package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.jdbc.hikari.HikariRotation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The rotation story: a real database, a real pool under load, three rotations, and nobody notices. */
class RotatingDataSourceTest {
    private static final int POOL = 9;
    private static final int THREADS = 8;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private volatile boolean stopped;

    @Test
    void threeRotationsUnderLoad_failNoCheckoutAndKillNoTransaction() throws Exception {
        try (RotatedLogins logins = RotatedLogins.create("shop", POOL + 2)) {
            PostgresServer.execute("CREATE TABLE shop_orders (thread int, number int, PRIMARY KEY (thread, number));"
                    + "ALTER TABLE shop_orders OWNER TO shop_owner");
            rotateUnderLoad(logins);
        }
    }

    private void rotateUnderLoad(RotatedLogins logins) throws Exception {
        try (RotatingDataSource source = HikariRotation.builder(logins.secret(), config())
                .rightsProbe("SELECT 1 FROM shop_orders LIMIT 1")
                .build()) {
            List<Thread> load = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                load.add(started(() -> work(source, thread)));
            }
            load.add(started(this::sampleConnections));
            for (int rotation = 1; rotation <= 3; rotation++) {
                logins.rotate(source);
            }
            stopped = true;
            for (Thread thread : load) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(transactions.get()).isGreaterThan(200);
            assertThat(PostgresServer.query("SELECT count(*) FROM shop_orders"))
                    .containsExactly(String.valueOf(transactions.get()));
            // One more than the pool has: the server counts a session until its process is gone, a moment after it
            // closed.
            assertThat(peak.get()).isBetween(1, POOL + 2);
        }
    }

    /** Short transactions; every thread also has some that last 2 s, longer than any drain. */
    private void work(DataSource source, int thread) {
        for (int number = 0; !stopped; number++) {
            try (Connection connection = source.getConnection()) {
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO shop_orders VALUES (?, ?)")) {
                    insert.setInt(1, thread);
                    insert.setInt(2, number);
                    insert.execute();
                }
                if (number % 100 == 10 + 10 * thread) {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("SELECT pg_sleep(2)");
                    }
                }
                connection.commit();
                transactions.incrementAndGet();
            } catch (SQLException | RuntimeException e) {
                failures.add(e);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void sampleConnections() {
        try (Connection connection = PostgresServer.superuser();
                PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE usename IN ('shop_a', 'shop_b') AND application_name = 'shop'")) {
            while (!stopped) {
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    int now = row.getInt(1);
                    peak.accumulateAndGet(now, Math::max);
                }
                LockSupport.parkNanos(2_000_000);
            }
        } catch (SQLException e) {
            failures.add(e);
        }
    }

    private static HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("shop");
        config.setJdbcUrl(PostgresServer.url() + "?ApplicationName=shop");
        config.setMaximumPoolSize(POOL);
        config.setConnectionTimeout(10_000);
        return config;
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        return thread;
    }
}
