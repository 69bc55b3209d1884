package dev.slipring.jdbc.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.jdbc.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real servers and their drivers say, and what the table makes of it. */
class LoginFailureObservedTest {
    @ParameterizedTest
    @CsvSource({
        "lf_wrong,   LOGIN PASSWORD 'right',                                   wrong, 28P01, DEAD",
        "lf_expired, LOGIN PASSWORD 'right' VALID UNTIL '2001-01-01',          right, 28P01, DEAD",
        "lf_empty,   LOGIN,                                                    right, 28P01, DEAD",
        "lf_locked,  NOLOGIN PASSWORD 'right',                                 right, 28000, REFUSED",
        "lf_full,    LOGIN CONNECTION LIMIT 0 PASSWORD 'right',                right, 53300, NONE"
    })
    void postgres_login(String role, String attributes, String password, String state, LoginFailure verdict)
            throws SQLException {
        PostgresServer.execute("CREATE ROLE " + role + " " + attributes);
        check(() -> PostgresServer.connect(role, password).close(), state, 0, verdict);
    }

    @Test
    void postgres_unknownLoginRightsAndShutdown() throws SQLException {
        check(() -> PostgresServer.connect("lf_nobody", "x").close(), "28P01", 0, LoginFailure.DEAD);
        PostgresServer.execute("CREATE ROLE lf_poor LOGIN PASSWORD 'right'");
        PostgresServer.execute("CREATE TABLE lf_rich (x int)");
        try (Connection connection = PostgresServer.connect("lf_poor", "right");
                Statement statement = connection.createStatement()) {
            check(() -> statement.execute("SELECT * FROM lf_rich"), "42501", 0, LoginFailure.RIGHTS);
            PostgresServer.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lf_poor'");
            check(() -> statement.execute("SELECT 1"), "57P01", 0, LoginFailure.NONE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "my_wrong,   IDENTIFIED BY 'right',                               wrong, 28000, 1045, DEAD",
        "my_locked,  IDENTIFIED BY 'right' ACCOUNT LOCK,                  right, HY000, 4151, DEAD",
        "my_socket,  IDENTIFIED VIA unix_socket,                          right, 28000, 1698, DEAD",
        "my_nodb,    IDENTIFIED BY 'right',                               right, 42000, 1044, RIGHTS"
    })
    void mariaDb_login(String user, String attributes, String password, String state, int number, LoginFailure verdict)
            throws SQLException {
        MariaDbServer.execute("CREATE USER " + user + " " + attributes);
        check(() -> MariaDbServer.connect(user, password).close(), state, number, verdict);
    }

    @Test
    void mariaDb_unknownLogin() {
        check(() -> MariaDbServer.connect("my_nobody", "x").close(), "28000", 1045, LoginFailure.DEAD);
    }

    @Test
    void mariaDb_expiredPassword() throws SQLException {
        MariaDbServer.execute(
                "CREATE USER my_expired IDENTIFIED BY 'right'",
                "GRANT SELECT ON test.* TO my_expired",
                "ALTER USER my_expired PASSWORD EXPIRE");
        check(
                () -> {
                    try (Connection connection = MariaDbServer.connect("my_expired", "right");
                            Statement statement = connection.createStatement()) {
                        statement.execute("SELECT 1");
                    }
                },
                "HY000",
                1820,
                LoginFailure.DEAD);
    }

    @Test
    void mariaDb_rightsOnATable() throws SQLException {
        MariaDbServer.execute(
                "CREATE USER my_poor IDENTIFIED BY 'right'",
                "CREATE TABLE test.my_poorest (x int)",
                "CREATE TABLE test.my_rich (x int)",
                "GRANT SELECT ON test.my_poorest TO my_poor");
        try (Connection connection = MariaDbServer.connect("my_poor", "right");
                Statement statement = connection.createStatement()) {
            check(() -> statement.execute("SELECT * FROM my_rich"), "42000", 1142, LoginFailure.RIGHTS);
        }
    }

    @Test
    void mariaDb_connectionsOfOneUser() throws SQLException {
        MariaDbServer.execute(
                "CREATE USER my_busy IDENTIFIED BY 'right' WITH MAX_USER_CONNECTIONS 1",
                "GRANT SELECT ON test.* TO my_busy");
        try (Connection connection = MariaDbServer.connect("my_busy", "right")) {
            assertThat(connection.isValid(5)).isTrue();
            check(() -> MariaDbServer.connect("my_busy", "right").close(), "42000", 1226, LoginFailure.NONE);
        }
    }

    @Test
    void mariaDb_connectionsOfAll() throws SQLException {
        MariaDbServer.execute("CREATE USER my_last IDENTIFIED BY 'right'", "GRANT SELECT ON test.* TO my_last");
        List<Connection> all = new ArrayList<>();
        try {
            SQLException full = catchThrowableOfType(SQLException.class, () -> {
                while (true) {
                    all.add(MariaDbServer.connect("my_last", "right"));
                }
            });
            assertThat(full.getErrorCode()).isEqualTo(1040);
            assertThat(LoginFailure.of(full)).isEqualTo(LoginFailure.NONE);
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    @Test
    void mariaDb_blockedAfterErrors() throws SQLException {
        MariaDbServer.execute("CREATE USER my_blocked IDENTIFIED BY 'right'", "SET GLOBAL max_password_errors = 1");
        try {
            check(() -> MariaDbServer.connect("my_blocked", "x").close(), "28000", 1045, LoginFailure.DEAD);
            check(() -> MariaDbServer.connect("my_blocked", "right").close(), "HY000", 4150, LoginFailure.NONE);
        } finally {
            MariaDbServer.execute("SET GLOBAL max_password_errors = DEFAULT", "FLUSH PRIVILEGES");
        }
    }

    private static void check(ThrowingCallable attempt, String state, int number, LoginFailure verdict) {
        SQLException failure = catchThrowableOfType(SQLException.class, attempt);
        assertThat(failure.getSQLState() + "/" + failure.getErrorCode()).isEqualTo(state + "/" + number);
        assertThat(LoginFailure.of(failure)).isEqualTo(verdict);
    }
}
