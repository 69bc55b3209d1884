package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipring.jdbc.store.JdbcSecretStore;
import dev.slipring.keyring.SecretValue;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands on a store in a PostgreSQL, whose values are sealed. */
class JdbcStoreCommandsTest extends StoreCommandsContract {
    private static final String VALUE = "a-session-key-that-was-in-use-before-4711";
    private static final String PASSWORD = "password-4711";

    private EmbeddedPostgres server;
    private JdbcSecretStore tables;
    private String user = "postgres";
    private String root = "";

    @Override
    void open() throws IOException {
        try {
            server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("PostgreSQL did not start", e);
            }
            assumeTrue(false, "no PostgreSQL here");
        }
        tables = JdbcSecretStore.builder(server.getPostgresDatabase())
                .createTables()
                .unsealed("the test looks at what is stored");
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        Path file = Files.write(directory.resolve("root"), key);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        root = "root=" + file;
        shell.environment.put("SLIPRING_STORE", "jdbc");
        shell.environment.put("SLIPRING_JDBC_URL", "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres");
        shell.environment.put("SLIPRING_JDBC_PASSWORD", PASSWORD);
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Override
    List<String> options() {
        return List.of("--jdbc-user", user, "--root-key", root);
    }

    @Override
    void readOnly() throws SQLException {
        String rights =
                JdbcSecretStore.builder(server.getPostgresDatabase()).grants().reader("reader");
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE reader LOGIN PASSWORD '" + PASSWORD + "'");
            statement.execute(rights);
        }
        user = "reader";
    }

    @Override
    void goAway() throws IOException {
        server.close();
    }

    @Override
    Set<String> credentials() {
        return Set.of(PASSWORD);
    }

    @Test
    void commands_onTables_needTheRootKeyForValuesOnly() {
        List<String> generate =
                List.of("generate", "cookie", "--kind", "session", "--import", "--jdbc-user", "postgres");
        shell.piping(VALUE);

        assertThat(shell.run(generate).err())
                .isEqualTo("slipring: this store needs option --root-key" + System.lineSeparator());
        Shell.Run run = shell.run(generate, "--root-key", root);
        assertThat(run.code()).as(run.err()).isZero();

        assertThat(tables.read(COOKIE).record()).isPresent();
        SecretValue stored = tables.value(COOKIE, 1).orElseThrow();
        assertThat(stored.<String>reveal(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)))
                .doesNotContain(VALUE.substring(0, 12));
        assertThat(shell.run("hold", "cookie", "1", "--kind", "session", "--reason", "court", "--jdbc-user", "postgres")
                        .code())
                .isZero();
        assertThat(shell.run("status", "--jdbc-user", "postgres").out()).contains("HELD by ada");
        assertThat(shell.printed).noneMatch(text -> text.contains("4711"));
    }

    @Test
    void store_whoseTablesAreMissing_failsAndMakesNone() {
        failsOnOneLine("status", "--prefix", "other_");
    }
}
