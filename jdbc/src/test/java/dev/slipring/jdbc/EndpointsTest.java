package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.ClientState.Quarantined;
import dev.slipring.jdbc.ClientState.Reason;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One login at two servers, of which the second learns of a new password later. */
class EndpointsTest {
    private static EmbeddedPostgres lagging;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FakeSecret secret = FakeSecret.create("two-servers", clock, login("ends_a"));

    @BeforeAll
    static void start() {
        lagging = PostgresServer.another();
    }

    @AfterAll
    static void stop() throws IOException {
        lagging.close();
    }

    @BeforeEach
    void createRoles() throws SQLException {
        for (String user : new String[] {"ends_a", "ends_b"}) {
            String create = "DROP ROLE IF EXISTS " + user + "; CREATE ROLE " + user + " LOGIN PASSWORD 'pw'";
            PostgresServer.execute(create);
            atReplica(create);
        }
        atReplica("ALTER ROLE ends_b PASSWORD 'not yet'");
    }

    @AfterEach
    void close() {
        secret.close();
    }

    @Test
    void poolOverBothServers_switchesOnceBothTakeTheLogin() throws SQLException {
        try (RotatingDataSource source =
                builder(PostgresServer.url()).endpoint(Connector.of(replica())).build()) {
            scheduler.runDue();
            secret.rotate(login("ends_b"));
            scheduler.advance(Duration.ofSeconds(5));
            assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
            assertThat(user(source)).isEqualTo("ends_a");
            atReplica("ALTER ROLE ends_b PASSWORD 'pw'");
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(source.state()).isEqualTo(new Stable(2));
            assertThat(user(source)).isEqualTo("ends_b");
        }
    }

    @Test
    void replicaThatLags_keepsTheOldLoginWhileThePrimarySwitches() throws SQLException {
        try (RotatingDataSource primary = builder(PostgresServer.url()).build();
                RotatingDataSource replica = builder(replica()).build()) {
            scheduler.runDue();
            secret.rotate(login("ends_b"));
            scheduler.advance(Duration.ofSeconds(5));
            assertThat(primary.state()).isEqualTo(new Stable(2));
            assertThat(user(primary)).isEqualTo("ends_b");
            assertThat(replica.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
            assertThat(user(replica)).isEqualTo("ends_a");
            atReplica("ALTER ROLE ends_b PASSWORD 'pw'");
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(replica.state()).isEqualTo(new Stable(2));
            assertThat(user(replica)).isEqualTo("ends_b");
        }
    }

    private RotatingDataSource.Builder builder(String url) {
        return RotatingDataSource.builder(secret.rotating(), Connector.of(url))
                .scheduler(scheduler)
                .ticker(clock)
                .breakers(new LoginBreakers(clock));
    }

    private static String replica() {
        return "jdbc:postgresql://127.0.0.1:" + lagging.getPort() + "/postgres";
    }

    private static void atReplica(String sql) throws SQLException {
        try (Connection connection = lagging.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String user(RotatingDataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.getMetaData().getUserName();
        }
    }

    private static byte[] login(String user) {
        return Login.of(user, "pw".getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
