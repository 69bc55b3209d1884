package dev.slipring.jdbc;

import dev.slipring.jdbc.login.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The PostgreSQL that tests share, one per test run, and one of an older major version. */
public final class PostgresServer {
    public static final String ROTATOR_PASSWORD = "rotator-clear-password";

    private static final PostgresProcess SERVER = PostgresProcess.start(300);

    private PostgresServer() {}

    /** Started when it is needed. */
    private static final class Older {
        static final PostgresProcess SERVER = PostgresProcess.startOlder();
    }

    /** The server itself. */
    public static PostgresProcess shared() {
        return PostgresProcess.required(SERVER);
    }

    /** The one of an older major version. */
    public static PostgresProcess older() {
        return PostgresProcess.required(Older.SERVER);
    }

    /** URL of the test database, without a login. */
    public static String url() {
        return shared().url();
    }

    public static Connection superuser() throws SQLException {
        return shared().superuser();
    }

    public static Connection connect(String user, String password) throws SQLException {
        return shared().connect(user, password);
    }

    /** Runs {@code sql} as the superuser. */
    public static void execute(String sql) throws SQLException {
        shared().execute(sql);
    }

    /** First column of every row that {@code sql} finds, as the superuser. */
    public static List<String> query(String sql) throws SQLException {
        return shared().query(sql);
    }

    /** Runs the set-up SQL of an issuer whose rotator is {@code rotator}, and gives that role a password. */
    public static ConnectionSource rotator(String setupSql, String rotator) throws SQLException {
        return shared().rotator(setupSql, rotator);
    }

    /** Everything that the server has logged. */
    public static String log() {
        return shared().log();
    }
}
