package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.PostgresLogins;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.UseReport;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rotation story: a real database, a real pool under load, three rotations, and nobody notices. */
class RotatingDataSourceTest {
    private static final int POOL = 9;
    private static final int THREADS = 8;

    private static PostgresLogins issuer;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private volatile boolean stopped;

    @BeforeAll
    static void setUp() throws SQLException {
        String script = PostgresLogins.alternating(PostgresServer::superuser, "shop_owner")
                .rotator("shop_rotator")
                .build()
                .setupSql();
        issuer = PostgresLogins.alternating(PostgresServer.rotator(script, "shop_rotator"), "shop_owner")
                .connectionLimit(POOL + 2)
                .loginTest(Connector.of(PostgresServer.url()))
                .rightsProbe("SELECT 1 FROM shop_orders LIMIT 1")
                .build();
        issuer.checkSetup();
        PostgresServer.execute("CREATE TABLE shop_orders (thread int, number int, PRIMARY KEY (thread, number));"
                + "ALTER TABLE shop_orders OWNER TO shop_owner");
    }

    @Test
    void threeRotationsUnderLoad_failNoCheckoutAndKillNoTransaction() throws Exception {
        try (FakeSecret secret = FakeSecret.create("shop-db", clock, installed(1));
                RotatingDataSource source = HikariRotation.builder(secret.rotating(), config())
                        .rightsProbe("SELECT 1 FROM shop_orders LIMIT 1")
                        .build()) {
            List<Thread> load = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                load.add(started(() -> work(source, thread)));
            }
            load.add(started(this::sampleConnections));
            for (int version = 2; version <= 4; version++) {
                rotate(secret, source, version);
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

    /** What the protocol does with a version, and what the replica under test must make of it. */
    private void rotate(FakeSecret secret, RotatingDataSource source, int version) throws Exception {
        int before = version - 1;
        secret.publish(installed(version));
        secret.refresh();
        assertThat(issuer.use(issuance(before))).isEqualTo(UseReport.IN_USE);
        secret.promote(version);
        secret.refresh();
        Await.until("version " + version + " is stable", () -> source.state().equals(new ClientState.Stable(version)));
        assertThat(source.draining()).isZero();
        Await.until(
                "no session of version " + before + " is left", () -> issuer.use(issuance(before)) == UseReport.IDLE);
        issuer.revoke(issuance(before));
        secret.move(before, VersionState.REVOKED);
        secret.refresh();
        assertThat(issuer.use(issuance(version))).isEqualTo(UseReport.IN_USE);
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

    private static byte[] installed(int version) {
        SecretValue value = issuer.mint(issuance(version), List.of());
        issuer.install(issuance(version), value);
        assertThat(issuer.probe(issuance(version), value)).isEqualTo(ProbeVerdict.ALIVE);
        return value.copyBytes();
    }

    private static Issuance issuance(int version) {
        String slot = version % 2 == 1 ? "shop_a" : "shop_b";
        return new Issuance(SecretName.of("shop-db"), version, Optional.of(slot), "r" + version, version, 1);
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
