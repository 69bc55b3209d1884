package dev.slipring.jdbc;

import dev.slipring.jdbc.login.ConnectionSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;

/**
 * One real PostgreSQL per test run, with SCRAM for everybody but {@code postgres}, logging every statement. Where
 * it cannot run, tests are skipped unless {@code -Drequire.db=true}.
 */
public final class PostgresServer {
    public static final String ROTATOR_PASSWORD = "rotator-clear-password";

    private static Path dataDirectory = Path.of(".");
    private static final EmbeddedPostgres SERVER = start(directory -> dataDirectory = directory);

    private PostgresServer() {}

    /** URL of the test database, without a login. */
    public static String url() {
        Assumptions.assumeTrue(SERVER != null, "no PostgreSQL here");
        return "jdbc:postgresql://127.0.0.1:" + SERVER.getPort() + "/postgres";
    }

    public static Connection superuser() throws SQLException {
        return connect("postgres", "unused");
    }

    public static Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(url(), user, password);
    }

    /** Runs {@code sql} as the superuser. */
    public static void execute(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** First column of every row that {@code sql} finds, as the superuser. */
    public static List<String> query(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    /** Runs the set-up SQL of an issuer whose rotator is {@code rotator}, and gives that role a password. */
    public static ConnectionSource rotator(String setupSql, String rotator) throws SQLException {
        execute(setupSql);
        execute("ALTER ROLE " + rotator + " PASSWORD '" + ROTATOR_PASSWORD + "'");
        return () -> connect(rotator, ROTATOR_PASSWORD);
    }

    /** Everything that the server has logged. */
    public static String log() {
        try {
            return Files.readString(dataDirectory.resolve("log/server.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server of the caller's own, who closes it, with the same rules. */
    static EmbeddedPostgres another() {
        EmbeddedPostgres started = start(directory -> {});
        Assumptions.assumeTrue(started != null, "no PostgreSQL here");
        return started;
    }

    private static EmbeddedPostgres start(Consumer<Path> directories) {
        try {
            return EmbeddedPostgres.builder()
                    .setDataDirectoryCustomizer(directory -> {
                        requireScram(directory.toPath());
                        directories.accept(directory.toPath());
                    })
                    .setServerConfig("log_statement", "all")
                    .setServerConfig("logging_collector", "on")
                    .setServerConfig("log_filename", "server.log")
                    .setServerConfig("fsync", "off")
                    .start();
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("PostgreSQL did not start", e);
            }
            return null;
        }
    }

    private static void requireScram(Path directory) {
        try {
            Files.writeString(directory.resolve("pg_hba.conf"), """
                    local all all trust
                    host all postgres 127.0.0.1/32 trust
                    host all postgres ::1/128 trust
                    host all all 127.0.0.1/32 scram-sha-256
                    host all all ::1/128 scram-sha-256
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
