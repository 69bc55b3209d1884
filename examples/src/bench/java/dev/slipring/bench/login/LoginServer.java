package dev.slipring.bench.login;

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
import java.util.stream.Stream;

/** A real PostgreSQL with SCRAM for everybody but {@code postgres}, which tells in its log who failed to log in. */
final class LoginServer implements AutoCloseable {
    private final EmbeddedPostgres server;
    private final Path log;

    private LoginServer(EmbeddedPostgres server, Path log) {
        this.server = server;
        this.log = log;
    }

    static LoginServer start() throws IOException {
        Path[] data = new Path[1];
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectoryCustomizer(directory -> {
                    requireScram(directory.toPath());
                    data[0] = directory.toPath();
                })
                .setServerConfig("max_connections", "150")
                .setServerConfig("logging_collector", "on")
                .setServerConfig("log_filename", "server.log")
                .setServerConfig("log_line_prefix", "%e:%u:")
                .setServerConfig("fsync", "off")
                .start();
        return new LoginServer(server, data[0].resolve("log/server.log"));
    }

    /** The database behind the driver's usual scheme, without a login. */
    String url() {
        return "jdbc:postgresql:" + location();
    }

    /** What stands behind the scheme of a URL; the sockets are counted. */
    String location() {
        return "//127.0.0.1:" + server.getPort() + "/postgres?ApplicationName=contender&socketFactory="
                + CountedSockets.class.getName();
    }

    /** Where administrators connect, uncounted. */
    String adminUrl() {
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
    }

    Connection superuser() throws SQLException {
        return connect("postgres", "unused");
    }

    Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(adminUrl(), user, password);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    int count(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    String version() throws SQLException {
        try (Connection connection = superuser()) {
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    /** How many logins of roles that begin with {@code stem} the server has refused: 28P01, or 28000 for NOLOGIN. */
    long failedLogins(String stem) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(
                            line -> line.startsWith("28P01:" + stem + "_") || line.startsWith("28000:" + stem + "_"))
                    .filter(line -> line.contains("FATAL"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static void requireScram(Path directory) {
        try {
            Files.writeString(directory.resolve("pg_hba.conf"), """
                    host all postgres 127.0.0.1/32 trust
                    host all all      127.0.0.1/32 scram-sha-256
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
