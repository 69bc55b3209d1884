package dev.slipring.crypto.jpa;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Assumptions;

/** One real PostgreSQL per test run. Where it cannot run, tests are skipped unless {@code -Drequire.db=true}. */
final class PostgresServer {
    private static final EmbeddedPostgres SERVER = start();

    private PostgresServer() {}

    static String url() {
        Assumptions.assumeTrue(SERVER != null, "no PostgreSQL here");
        return "jdbc:postgresql://127.0.0.1:" + SERVER.getPort() + "/postgres";
    }

    static Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), "postgres", "unused");
    }

    static void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        } catch (IOException | IllegalStateException e) {
            if (Boolean.getBoolean("require.db")) {
                throw new IllegalStateException("PostgreSQL did not start", e);
            }
            return null;
        }
    }
}
