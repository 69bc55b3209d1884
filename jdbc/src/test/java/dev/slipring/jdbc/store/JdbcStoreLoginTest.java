package dev.slipring.jdbc.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.Slipring;
import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Timing;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.FollowedSecretSource;
import dev.slipring.store.MountedDirectory;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.TrailingNewline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The login by which a store reaches its database is a secret as well: somebody rotates it, the store follows. */
class JdbcStoreLoginTest {
    private static final SecretName LOGIN = SecretName.of("store-login");
    private static final SecretName NAME = SecretName.of("session");
    private static final Timing TIMING =
            RotationPolicy.logins(Duration.ofDays(30)).timing();

    @TempDir
    private Path mount;

    @Test
    void loginOfTheStore_rotatedFromOutside_isReadAnewWhenItIsRefused() throws Exception {
        PostgresServer.execute("CREATE ROLE store_login LOGIN SUPERUSER PASSWORD 'pw-1'");
        mounted("pw-1");
        try (FollowedSecretSource followed = FollowedSecretSource.builder()
                        .secret(
                                LOGIN,
                                MountedDirectory.builder(mount, TrailingNewline.DROP)
                                        .login("username", "password", Login::encode)
                                        .build(),
                                TIMING)
                        .build();
                Slipring slipring = Slipring.reading(followed).build();
                RotatingDataSource source = HikariRotation.of(slipring.reader(LOGIN.value()), config())) {
            SecretStore store = JdbcSecretStore.builder(source)
                    .prefix("followed_")
                    .createTables()
                    .unsealed("a test");
            SecretValue value = SecretValue.copyOf("a value of 32 bytes, or so it is".getBytes(StandardCharsets.UTF_8));
            store.putValueIfAbsent(NAME, 1, value).wipe();

            changed("pw-2");
            assertThatThrownBy(() -> store.value(NAME, 1))
                    .as("nobody has told the store yet")
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageNotContaining("pw-");
            mounted("pw-2");
            Await.until("the refusal has made it read the file, a minute before it is due", () -> answers(store));
            assertThat(store.value(NAME, 1)).contains(value);
        }
    }

    private static boolean answers(SecretStore store) {
        try {
            return store.value(NAME, 1).isPresent();
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    /** The server knows a new password, and ends what was opened with the old one. */
    private static void changed(String password) throws SQLException {
        PostgresServer.execute("ALTER ROLE store_login PASSWORD '" + password + "'");
        PostgresServer.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'store_login'");
    }

    private void mounted(String password) throws IOException {
        Files.writeString(mount.resolve("username"), "store_login");
        Files.writeString(mount.resolve("password"), password);
    }

    private static HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(PostgresServer.url());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        return config;
    }
}
