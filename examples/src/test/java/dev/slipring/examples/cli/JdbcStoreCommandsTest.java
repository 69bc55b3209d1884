package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipring.jdbc.store.JdbcSecretStore;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a store in a PostgreSQL, whose values are sealed. */
class JdbcStoreCommandsTest {
    private static final String VALUE = "a-session-key-that-was-in-use-before-4711";

    @TempDir
    Path directory;

    private EmbeddedPostgres server;
    private JdbcSecretStore tables;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
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
        shell = new Shell(directory);
        shell.environment.put("SLIPRING_STORE", "jdbc");
        shell.environment.put("SLIPRING_JDBC_URL", "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres");
        shell.environment.put("SLIPRING_JDBC_PASSWORD", "trusted");
        shell.environment.put("SLIPRING_AUDIT", directory.resolve("audit").toString());
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void commands_onTables_needTheRootKeyForValuesOnly() throws IOException {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        Path root = Files.write(directory.resolve("root"), key);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-------"));
        List<String> generate =
                List.of("generate", "cookie", "--kind", "session", "--import", "--jdbc-user", "postgres");
        shell.piping(VALUE);

        assertThat(shell.run(generate).err())
                .isEqualTo("slipring: this store needs option --root-key" + System.lineSeparator());
        Shell.Run run = shell.run(generate, "--root-key", "root=" + root);
        assertThat(run.code()).as(run.err()).isZero();

        SecretName name = SecretName.of("cookie");
        assertThat(tables.read(name).record()).isPresent();
        SecretValue stored = tables.value(name, 1).orElseThrow();
        assertThat(stored.<String>reveal(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)))
                .doesNotContain(VALUE.substring(0, 12));
        assertThat(shell.run("hold", "cookie", "1", "--kind", "session", "--reason", "court", "--jdbc-user", "postgres")
                        .code())
                .isZero();
        assertThat(shell.run("status", "--jdbc-user", "postgres").out()).contains("HELD by ada");
        assertThat(shell.run("names", "--jdbc-user", "postgres").lines()).containsExactly("cookie");
        assertThat(shell.printed).noneMatch(text -> text.contains("4711"));
    }

    @Test
    void store_whoseTablesAreMissing_failsAndMakesNone() {
        Shell.Run run = shell.run("status", "--jdbc-user", "postgres", "--prefix", "other_");

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err().lines()).hasSize(1);
    }
}
