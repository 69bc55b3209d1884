package dev.slipring.jdbc.login;

import dev.slipring.rotation.IssuerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** MySQL's account statements, 8.0.14 and later. It takes clear passwords, which it gets over TLS alone. */
final class MySqlDialect implements AccountDialect {
    /** What needs no escaping in any SQL mode. */
    private static final Pattern LITERAL = Pattern.compile("[\\x20-\\x7e&&[^'\\\\]]+");

    @Override
    public Optional<Account> account(Connection connection, AccountName account) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT account_locked = 'Y',"
                + " JSON_EXTRACT(User_attributes, '$.additional_password') IS NOT NULL"
                + " FROM mysql.user WHERE User = ? AND Host = ?")) {
            query.setString(1, account.user());
            query.setString(2, account.host());
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Account(row.getBoolean(1), List.of(), row.getBoolean(2)))
                        : Optional.empty();
            }
        }
    }

    @Override
    public String identified(Connection connection, Login login) throws SQLException {
        requireTls(connection);
        String password = login.revealPassword();
        if (!LITERAL.matcher(password).matches()) {
            throw new IssuerException(
                    "the password holds a quote, a backslash or something that is not printable ASCII");
        }
        return "IDENTIFIED BY '" + password + "'";
    }

    @Override
    public AccountName role(String name) {
        return new AccountName(name, "%");
    }

    @Override
    public String defaultRole(AccountName account, AccountName role) {
        return "ALTER USER " + account.quoted() + " DEFAULT ROLE " + role.quoted();
    }

    @Override
    public String limited(long seconds) {
        return "SET SESSION lock_wait_timeout = " + seconds;
    }

    @Override
    public String unlimited() {
        return "SET SESSION lock_wait_timeout = DEFAULT";
    }

    @Override
    public String grants(boolean roles) {
        return """
                GRANT SELECT (User, Host, account_locked, User_attributes) ON mysql.user TO :rotator;
                """;
    }

    private static void requireTls(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'Ssl_cipher'")) {
            if (!row.next() || row.getString(2) == null || row.getString(2).isEmpty()) {
                throw new IssuerException("MySQL has to be told the password, and the rotator's connection has no TLS");
            }
        }
    }
}
