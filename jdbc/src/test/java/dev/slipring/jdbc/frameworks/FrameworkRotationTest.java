package dev.slipring.jdbc.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.RotatedLogins;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each framework works on through rotations of its login, on a real database, and does not notice. */
@Tag("frameworks")
class FrameworkRotationTest {
    private static final int THREADS = 4;
    private static final int POOL = 3;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong placed = new AtomicLong();
    private volatile boolean stopped;

    private static Stream<Arguments> frameworks() {
        return Stream.of(
                framework("spring", SpringOrders::new),
                framework("hibernate", HibernateOrders::new),
                framework("jdbi", JdbiOrders::new),
                framework("jooq", JooqOrders::new));
    }

    private static Arguments framework(String name, Orders.Framework framework) {
        return Arguments.of(name, framework);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frameworks")
    void framework_threeRotationsUnderLoad_losesNoTransaction(String name, Orders.Framework framework)
            throws Exception {
        try (RotatedLogins logins = RotatedLogins.create(name, POOL + 1 + 1);
                RotatingDataSource source = HikariRotation.of(logins.secret(), config())) {
            PostgresServer.execute(Orders.TABLE.formatted(name));
            try (Orders orders = framework.over(source, name)) {
                List<Thread> load = load(orders);
                for (int rotation = 1; rotation <= 3; rotation++) {
                    long before = placed.get();
                    logins.rotate(source);
                    Await.until("work went on", () -> !failures.isEmpty() || placed.get() >= before + 2 * THREADS);
                }
                stop(load);
                assertThat(failures).isEmpty();
                assertThat(orders.count()).isEqualTo(placed.get());
            }
        }
    }

    @Test
    void flyway_eachMigrationUnderAnotherLogin_altersWhatTheOneBeforeMade() throws Exception {
        try (RotatedLogins logins = RotatedLogins.create("flyway", POOL + 1 + 1);
                RotatingDataSource source = HikariRotation.of(logins.secret(), config())) {
            for (int version = 1; version <= 3; version++) {
                assertThat(migrations(source, version).migrate().migrationsExecuted)
                        .isEqualTo(1);
                logins.rotate(source);
            }
            assertThat(migrations(source, 3).info().pending()).isEmpty();
            migrations(source, 3).validate();
            assertThat(migratedBy()).containsExactly("flyway_owner", "flyway_owner", "flyway_owner");
            assertThat(PostgresServer.query("SELECT price || ' ' || note FROM flyway.orders"))
                    .containsExactly("12 none");
        }
    }

    private static Flyway migrations(RotatingDataSource source, int target) {
        return Flyway.configure(FrameworkRotationTest.class.getClassLoader())
                .dataSource(source)
                .schemas("flyway")
                .locations("classpath:dev/slipring/jdbc/frameworks")
                .target(String.valueOf(target))
                .load();
    }

    /** Whoever asks sees the role that every session assumes, whichever login it is of. */
    private static List<String> migratedBy() throws SQLException {
        return PostgresServer.query("SELECT installed_by FROM flyway.flyway_schema_history WHERE version IS NOT NULL"
                + " ORDER BY installed_rank");
    }

    private List<Thread> load(Orders orders) {
        List<Thread> load = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long first = 1_000_000L * i;
            Thread thread = new Thread(() -> place(orders, first));
            thread.start();
            load.add(thread);
        }
        return load;
    }

    private void place(Orders orders, long first) {
        for (long id = first; !stopped; id++) {
            try {
                orders.place(id);
                placed.incrementAndGet();
            } catch (RuntimeException e) {
                failures.add(e);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void stop(List<Thread> load) throws InterruptedException {
        stopped = true;
        for (Thread thread : load) {
            thread.join();
        }
    }

    private static HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.url());
        config.setMaximumPoolSize(POOL);
        config.setConnectionTimeout(10_000);
        return config;
    }
}
