package dev.slipring.jdbc;

import dev.slipring.jdbc.login.ConnectionSource;
import dev.slipring.jdbc.login.LoginIssuer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A real server, which may be killed and started again, and what tests say to one kind in other words than to another.
 */
public interface DatabaseProcess {
    /** URL of the test database by way of {@code port}, without a login. */
    String url(int port);

    int port();

    /** A connection of an account with all privileges. */
    Connection superuser() throws SQLException;

    /** Everything that the server has logged: every statement, and every error. */
    String log();

    /** Ends the server and its sessions as a loss of power does, and waits until it is gone. */
    void kill();

    /** Starts what was killed, at the same port with the same data, and waits until it answers. */
    void restart();

    /**
     * Sets up alternating logins {@code <stem>_a} and {@code <stem>_b}, with a table {@code <stem>_notes} that both may
     * use. Accounts outlive the test, so each has a stem of its own.
     */
    void setUp(String stem) throws SQLException;

    /** Connections of the rotator that was set up, by way of {@code port}. */
    ConnectionSource rotator(String stem, int port);

    /** The issuer of those logins, whose rotator connects by {@code admin}. */
    LoginIssuer issuer(ConnectionSource admin, String stem);

    /** Lets {@code user} log in or turns it away, behind the back of whoever rotates it. */
    void allow(String user, boolean mayLogIn) throws SQLException;

    /** Lets {@code user} have {@code limit} connections. */
    void limit(String user, int limit) throws SQLException;

    /** Makes {@code user}, who may read and write the test database and has {@code password}. */
    void createUser(String user, String password) throws SQLException;

    /** Gives {@code user} another password. */
    void password(String user, String password) throws SQLException;

    /** How many sessions {@code user} has. */
    int sessions(String user) throws SQLException;

    /** URL of the test database, without a login. */
    default String url() {
        return url(port());
    }

    default Connection connect(String user, String password) throws SQLException {
        return DriverManager.getConnection(url(), user, password);
    }

    /** Runs each statement as the superuser. */
    default void execute(String... sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            for (String one : sql) {
                statement.execute(one);
            }
        }
    }

    /** First column of every row that {@code sql} finds, as the superuser. */
    default List<String> query(String sql) throws SQLException {
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
}
