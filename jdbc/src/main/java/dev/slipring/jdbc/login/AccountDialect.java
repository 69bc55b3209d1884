package dev.slipring.jdbc.login;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Where MariaDB and MySQL differ in their account statements. */
interface AccountDialect {
    /** What the server says of {@code account}; empty if there is none. */
    Optional<Account> account(Connection connection, AccountName account) throws SQLException;

    /** {@code IDENTIFIED ...} for the login's password, on a connection that is fit for it. */
    String identified(Connection connection, Login login) throws SQLException;

    /** The role as it is granted. */
    AccountName role(String name);

    /** Makes {@code role} the one that {@code account} has from the start of each session. */
    String defaultRole(AccountName account, AccountName role);

    /** Bounds what the session's later statements may take. */
    String limited(long seconds);

    String unlimited();

    /** What the rotator needs beyond the ledger, as statements, in which {@code :rotator} is the rotator. */
    String grants(boolean roles);
}
