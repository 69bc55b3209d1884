package dev.slipring.jdbc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.Slipring;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FollowedSecretSource;
import dev.slipring.store.ForeignSecret;
import dev.slipring.vault.VaultAuthentication;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultDatabase;
import java.io.IOException;
import java.io.Reader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Logins that a real server's database engine makes in a real PostgreSQL: {@code .ci/openbao DIR}, then
 * {@code -Dslipring.vault=DIR/server.properties}; without one the tests are skipped, unless
 * {@code -Drequire.vault=true} makes that a failure.
 */
class LiveDatabaseEngineTest {
    private static final SecretName NAME = SecretName.of("app-db");
    private static final Timing TIMING =
            RotationPolicy.logins(Duration.ofDays(30)).timing();
    private static final Properties REACH = new Properties();

    private static VaultClient client;

    @BeforeAll
    static void configureEngine() throws Exception {
        String file = System.getProperty("slipring.vault");
        if (file == null && Boolean.getBoolean("require.vault")) {
            throw new AssertionError("-Dslipring.vault=FILE is not given; .ci/openbao DIR writes one");
        }
        Assumptions.assumeTrue(file != null, "no server is told");
        try (Reader in = Files.newBufferedReader(Path.of(file))) {
            REACH.load(in);
        }
        String database = PostgresServer.url().substring("jdbc:".length());
        post("sys/mounts/database", "{\"type\":\"database\"}"); // refused if it is there already
        done("database/config/slipring", """
                {"plugin_name":"postgresql-database-plugin","allowed_roles":"*","username":"postgres",
                 "password":"unused","connection_url":"%s?sslmode=disable&user={{username}}&password={{password}}"}
                """.formatted(database));
        client = VaultClient.builder(
                        URI.create(REACH.getProperty("address")),
                        VaultAuthentication.token(
                                SecretValue.copyOf(REACH.getProperty("token").getBytes(US_ASCII))))
                .build();
    }

    @AfterAll
    static void closeClient() {
        if (client != null) {
            client.close();
        }
    }

    @Test
    void staticRole_whosePasswordTheServerChanges_failsNoCheckout_andIsSeenWhenRefused() throws Exception {
        PostgresServer.execute("CREATE ROLE bao_static LOGIN");
        done(
                "database/static-roles/bao-static",
                "{\"db_name\":\"slipring\",\"username\":\"bao_static\",\"rotation_period\":86400}");
        follow(VaultDatabase.of(client).staticRole("bao-static", Login::encode), (secret, source) -> {
            RotationLoad load = RotationLoad.on(source, 4);
            for (int generation = 2; generation <= 4; generation++) {
                load.goOn();
                done("database/rotate-role/bao-static", "{}");
                secret.refresh();
                stable(source, generation);
            }
            load.goOn();
            assertThat(load.stop()).isEmpty();

            done("database/rotate-role/bao-static", "{}");
            source.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
            refusedThenServed(source);
            stable(source, 5);
        });
    }

    @Test
    void dynamicRole_whoseLeasesAreRevokedElsewhere_failsNoCheckout_andLeavesNoUser() throws Exception {
        done("database/roles/bao-dynamic", """
                {"db_name":"slipring","default_ttl":"1h","max_ttl":"24h","creation_statements":
                 ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"]}
                """);
        follow(VaultDatabase.of(client).dynamicRole("bao-dynamic", TIMING, Login::encode), (secret, source) -> {
            RotationLoad load = RotationLoad.on(source, 4);
            for (int generation = 2; generation <= 4; generation++) {
                load.goOn();
                done("sys/leases/revoke-prefix/database/creds/bao-dynamic", "{}");
                secret.refresh();
                stable(source, generation);
            }
            load.goOn();
            assertThat(load.stop()).isEmpty();
            assertThat(dynamicUsers()).isEqualTo("1");
        });
        assertThat(dynamicUsers()).isEqualTo("0");
    }

    private interface Story {
        void tell(RotatingSecret secret, RotatingDataSource source) throws Exception;
    }

    private static void follow(ForeignSecret foreign, Story story) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.url());
        config.setMaximumPoolSize(4);
        try (FollowedSecretSource followed = FollowedSecretSource.builder()
                        .secret(NAME, foreign, TIMING)
                        .build();
                Slipring slipring = Slipring.reading(followed).build()) {
            RotatingSecret secret = slipring.reader(NAME.value());
            try (RotatingDataSource source = HikariRotation.of(secret, config)) {
                story.tell(secret, source);
            }
        }
    }

    private static void stable(RotatingDataSource source, int generation) throws Exception {
        Await.until(
                "generation " + generation + " is stable",
                () -> source.state().equals(new ClientState.Stable(generation)));
    }

    /** Well before the next refresh of the schedule is due. */
    private static void refusedThenServed(RotatingDataSource source) throws Exception {
        Await.until("a login is served again", () -> {
            try (Connection connection = source.getConnection()) {
                return connection.isValid(1) && source.generation() == 5;
            } catch (SQLException e) {
                return false;
            }
        });
    }

    private static String dynamicUsers() throws Exception {
        return PostgresServer.query("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'v-%bao-dyn%'")
                .get(0);
    }

    private static void done(String path, String body) throws IOException {
        assertThat(post(path, body)).as(path).isBetween(200, 299);
    }

    private static int post(String path, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(REACH.getProperty("address") + "/v1/" + path).toURL().openConnection();
        connection.setRequestProperty("X-Vault-Token", REACH.getProperty("token"));
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(UTF_8));
        return connection.getResponseCode();
    }
}
