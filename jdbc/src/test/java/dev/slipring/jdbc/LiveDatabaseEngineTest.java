package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.Slipring;
import dev.slipring.contract.LiveVault;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Timing;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FollowedSecretSource;
import dev.slipring.store.ForeignSecret;
import dev.slipring.vault.VaultClient;
import dev.slipring.vault.VaultDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Logins that a real server's database engine makes in a real PostgreSQL, if {@link LiveVault} finds one. */
class LiveDatabaseEngineTest {
    private static final SecretName NAME = SecretName.of("app-db");
    private static final Timing TIMING =
            RotationPolicy.logins(Duration.ofDays(30)).timing();

    private static LiveVault vault;
    private static VaultClient client;

    @BeforeAll
    static void configureEngine() {
        vault = LiveVault.found();
        String database = PostgresServer.url().substring("jdbc:".length());
        vault.post("sys/mounts/database", "{\"type\":\"database\"}"); // refused if it is there already
        vault.done("database/config/slipring", """
                {"plugin_name":"postgresql-database-plugin","allowed_roles":"*","username":"postgres",
                 "password":"unused","connection_url":"%s?sslmode=disable&user={{username}}&password={{password}}"}
                """.formatted(database));
        client = vault.client().build();
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
        vault.done(
                "database/static-roles/bao-static",
                "{\"db_name\":\"slipring\",\"username\":\"bao_static\",\"rotation_period\":86400}");
        follow(VaultDatabase.of(client).staticRole("bao-static", Login::encode), (secret, source) -> {
            RotationLoad load = RotationLoad.on(source, 4);
            for (int generation = 2; generation <= 4; generation++) {
                load.goOn();
                vault.done("database/rotate-role/bao-static", "{}");
                secret.refresh();
                stable(source, generation);
            }
            load.goOn();
            assertThat(load.stop()).isEmpty();

            vault.done("database/rotate-role/bao-static", "{}");
            source.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
            refusedThenServed(source);
            stable(source, 5);
        });
    }

    @Test
    void dynamicRole_whoseLeasesAreRevokedElsewhere_failsNoCheckout_andLeavesNoUser() throws Exception {
        vault.done("database/roles/bao-dynamic", """
                {"db_name":"slipring","default_ttl":"1h","max_ttl":"24h","creation_statements":
                 ["CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"]}
                """);
        follow(VaultDatabase.of(client).dynamicRole("bao-dynamic", TIMING, Login::encode), (secret, source) -> {
            RotationLoad load = RotationLoad.on(source, 4);
            for (int generation = 2; generation <= 4; generation++) {
                load.goOn();
                vault.done("sys/leases/revoke-prefix/database/creds/bao-dynamic", "{}");
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
}
