package dev.slipring.jdbc.hikari;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pool's own MBean and meters, through rotations. */
class HikariMetricsTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeSecret secret =
            FakeSecret.create("metered-db", ManualClock.at("2030-01-01T00:00:00Z"), login("metered_a"));

    @BeforeAll
    static void createRoles() throws SQLException {
        for (String role : List.of("metered_a", "metered_b")) {
            PostgresServer.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'pw'");
        }
    }

    @Test
    void beanAndMeters_throughRotations_goOnCounting() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.url());
        config.setPoolName("metered");
        config.setMaximumPoolSize(2);
        config.setRegisterMbeans(true);
        config.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(registry));
        ObjectName bean = new ObjectName("com.zaxxer.hikari:type=Pool (metered)");
        try (RotatingDataSource source = HikariRotation.of(secret.rotating(), config)) {
            List<Meter> meters = registry.getMeters();
            assertThat(active(bean)).isZero();
            use(source, 1);
            double created = count("hikaricp.connections.creation");
            for (int version = 2; version <= 3; version++) {
                secret.rotate(login(version % 2 == 0 ? "metered_b" : "metered_a"));
                Stable stable = new Stable(version);
                Await.until("stable", () -> source.state().equals(stable));
                use(source, version);
                try (Connection borrowed = source.getConnection()) {
                    assertThat(borrowed.isValid(5)).isTrue();
                    assertThat(active(bean)).isEqualTo(1);
                    assertThat(registry.get("hikaricp.connections.active")
                                    .gauge()
                                    .value())
                            .isEqualTo(1);
                }
            }
            assertThat(count("hikaricp.connections.creation")).isGreaterThanOrEqualTo(created + 2);
            assertThat(registry.getMeters()).containsExactlyInAnyOrderElementsOf(meters);
        } finally {
            secret.close();
        }
        assertThat(server.isRegistered(bean)).isFalse();
    }

    /** Every check-out and return is counted once, by the same meters. */
    private void use(RotatingDataSource source, int version) throws SQLException {
        double acquired = count("hikaricp.connections.acquire");
        double used = count("hikaricp.connections.usage");
        source.getConnection().close();
        assertThat(count("hikaricp.connections.acquire"))
                .as("version " + version)
                .isEqualTo(acquired + 1);
        assertThat(count("hikaricp.connections.usage")).isEqualTo(used + 1);
    }

    private double count(String timer) {
        return registry.get(timer).tag("pool", "metered").timer().count();
    }

    private int active(ObjectName bean) throws Exception {
        return (int) server.getAttribute(bean, "ActiveConnections");
    }

    private static byte[] login(String user) {
        return Login.of(user, "pw".getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
