package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The MariaDB that tests share, one per test run. */
public final class MariaDbServer {
    private static final MariaDbProcess SERVER = MariaDbProcess.start();

    private MariaDbServer() {}

    /** The server itself. */
    public static MariaDbProcess shared() {
        return MariaDbProcess.required(SERVER);
    }

    /** URL of the test database, without a login. */
    public static String url() {
        return shared().url();
    }

    /** A connection of an account with all privileges. */
    public static Connection superuser() throws SQLException {
        return shared().superuser();
    }

    public static Connection connect(String user, String password) throws SQLException {
        return shared().connect(user, password);
    }

    /** Runs each statement as the superuser. */
    public static void execute(String... sql) throws SQLException {
        shared().execute(sql);
    }

    /** Runs a script of statements, each ended by a semicolon at the end of a line, as the superuser. */
    public static void script(String sql) throws SQLException {
        shared().script(sql);
    }

    /** First column of every row that {@code sql} finds, as the superuser. */
    public static List<String> query(String sql) throws SQLException {
        return shared().query(sql);
    }

    /** Everything that the server has logged: every statement, and every error. */
    public static String log() {
        return shared().log();
    }
}
