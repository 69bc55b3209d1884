package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of our own that logs every statement with its parameters, and what it has logged. */
final class PostgresLog implements ServerLog {
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    private final Postgres postgres;
    private final Path file;

    private PostgresLog(Postgres postgres, Path file) {
        this.postgres = postgres;
        this.file = file;
    }

    /** Starts the server, whose files all lie in {@code directory}. */
    static PostgresLog start(Path directory) {
        Postgres postgres = Postgres.embedded(
                directory,
                Map.of(
                        "logging_collector", "on",
                        "log_directory", directory.resolve("log").toString(),
                        "log_filename", "server.log",
                        "log_rotation_size", "0",
                        "log_statement", "all",
                        "log_min_duration_statement", "0",
                        "log_min_messages", "debug1",
                        "log_min_error_statement", "debug5",
                        "log_error_verbosity", "verbose",
                        "log_connections", "on"));
        return new PostgresLog(postgres, directory.resolve("log").resolve("server.log"));
    }

    Postgres postgres() {
        return postgres;
    }

    @Override
    public void plant(String text) throws SQLException {
        execute("SELECT '" + text.replace("'", "''") + "'");
    }

    private void execute(String statement) throws SQLException {
        HikariConfig login = postgres.administration();
        try (Connection connection =
                        DriverManager.getConnection(login.getJdbcUrl(), login.getUsername(), login.getPassword());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    /** {@inheritDoc} The server writes a moment later, in the order in which things happened. */
    @Override
    public String read() throws SQLException, IOException, InterruptedException {
        String end = "end of what is read: " + UUID.randomUUID();
        try (WatchService changes = file.getFileSystem().newWatchService()) {
            file.getParent().register(changes, ENTRY_MODIFY);
            execute("SELECT '" + end + "'");
            String logged = logged();
            while (!logged.contains(end)) {
                WatchKey changed = changes.poll(LONGEST_DELAY.toSeconds(), TimeUnit.SECONDS);
                if (changed == null) {
                    throw new IllegalStateException("the server's log did not come up to its last statement");
                }
                changed.pollEvents();
                changed.reset();
                logged = logged();
            }
            return logged;
        }
    }

    private String logged() throws IOException {
        return Files.exists(file) ? Files.readString(file, ISO_8859_1) : "";
    }

    @Override
    public void close() {
        postgres.close();
    }
}
