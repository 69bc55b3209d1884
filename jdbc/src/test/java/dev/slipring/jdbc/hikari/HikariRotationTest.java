package dev.slipring.jdbc.hikari;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.ClientState;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class HikariRotationTest {
    private final FakeSecret secret =
            FakeSecret.create("pool-db", ManualClock.at("2030-01-01T00:00:00Z"), login("hikari_a", "pw-a"));

    @BeforeAll
    static void createRoles() throws SQLException {
        for (String role : new String[] {"a", "b", "dead"}) {
            PostgresServer.execute("CREATE ROLE hikari_" + role + " LOGIN PASSWORD 'pw-" + role + "'");
        }
    }

    @AfterEach
    void close() {
        secret.close();
    }

    @Test
    void config_withUserOrPassword_isRefused() {
        HikariConfig config = config();
        config.setUsername("joe");
        config.setPassword("s3cret");
        assertThatThrownBy(() -> HikariRotation.of(secret.rotating(), config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("username or password")
                .hasMessageEndingWith("remove them")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void config_withCredentialInUrlOrWithoutDatabase_isRefused() {
        HikariConfig config = config();
        config.setJdbcUrl(PostgresServer.url() + "?password=s3cret");
        assertThatThrownBy(() -> HikariRotation.of(secret.rotating(), config))
                .hasMessageContaining(PostgresServer.url())
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> HikariRotation.of(secret.rotating(), new HikariConfig()))
                .hasMessageContaining("neither a jdbcUrl nor a dataSource");
    }

    @Test
    void minimumIdle_unset_staysTheMaximumAndZeroBecomesOne() throws SQLException {
        HikariConfig config = config();
        config.setMaximumPoolSize(3);
        try (RotatingDataSource source = HikariRotation.of(secret.rotating(), config)) {
            assertThat(source.unwrap(HikariDataSource.class).getMinimumIdle()).isEqualTo(3);
        }
        config.setMinimumIdle(0);
        try (RotatingDataSource source = HikariRotation.of(secret.rotating(), config)) {
            assertThat(source.unwrap(HikariDataSource.class).getMinimumIdle()).isEqualTo(1);
        }
    }

    @Test
    void settings_andViews_areThePools() throws SQLException {
        HikariConfig config = config();
        config.setConnectionInitSql("SET application_name = 'kept'");
        try (RotatingDataSource source = HikariRotation.of(secret.rotating(), config);
                Connection connection = source.getConnection()) {
            assertThat(source.unwrap(HikariDataSource.class).getMaximumPoolSize())
                    .isEqualTo(1);
            assertThat(source.isWrapperFor(HikariDataSource.class)).isTrue();
            assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
            assertThat(connection.unwrap(PGConnection.class).getParameterStatus("application_name"))
                    .isEqualTo("kept");
            assertThat(source.toString() + connection + config).doesNotContain("pw-a");
            assertThatThrownBy(() -> source.getConnection("joe", "x"))
                    .isInstanceOf(SQLFeatureNotSupportedException.class);
        }
    }

    @Test
    void poolOfOne_rotates_whileItsConnectionIsBusyAndWhenNobodyBorrows() throws Exception {
        try (RotatingDataSource source = HikariRotation.of(secret.rotating(), config())) {
            Connection busy = source.getConnection();
            secret.rotate(login("hikari_b", "pw-b"));
            Await.until("draining", () -> source.state() instanceof ClientState.Draining);
            assertThat(busy.isValid(5)).isTrue();
            busy.close();
            Await.until("stable", () -> source.state().equals(new ClientState.Stable(2)));
            assertThat(user(source)).isEqualTo("hikari_b");
            secret.rotate(login("hikari_a", "pw-a"));
            Await.until("stable", () -> source.state().equals(new ClientState.Stable(3)));
            assertThat(user(source)).isEqualTo("hikari_a");
        }
    }

    @Test
    void login_refusedWithNoConnectionLeft_failsWaitingCallersLongBeforeTheTimeOut() throws Exception {
        secret.rotate(login("hikari_dead", "pw-dead"));
        HikariConfig config = config();
        config.setConnectionTimeout(30_000);
        try (RotatingDataSource source = HikariRotation.of(secret.rotating(), config)) {
            PostgresServer.execute("ALTER ROLE hikari_dead NOLOGIN");
            source.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
            long begun = System.nanoTime();
            CompletableFuture<SQLException> waiting = CompletableFuture.supplyAsync(() -> refusal(source));
            assertThat(waiting.get(10, TimeUnit.SECONDS).getMessage()).contains("hikari_dead");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
            assertThat(refusal(source).getSQLState()).isEqualTo("28000");
            PostgresServer.execute("ALTER ROLE hikari_dead LOGIN");
            Await.until("recovered", () -> connects(source));
        }
    }

    private static String user(RotatingDataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.getMetaData().getUserName();
        }
    }

    private static boolean connects(RotatingDataSource source) {
        try (Connection connection = source.getConnection()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private static SQLException refusal(RotatingDataSource source) {
        try {
            source.getConnection().close();
            throw new AssertionError("a connection was opened");
        } catch (SQLException e) {
            return e;
        }
    }

    private static HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.url());
        config.setMaximumPoolSize(1);
        return config;
    }

    private static byte[] login(String user, String password) {
        return Login.of(user, password.getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
