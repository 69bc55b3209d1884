package dev.slipring.jdbc.login;

import dev.slipring.keyring.SecretName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One transaction on one login role, in which no statement begins after half the deadline or takes longer than
 * the other half: past the deadline it has no effect any more. Used by one thread.
 */
final class RoleTransaction {
    private static final int ATTEMPTS = 5;

    private final Connection connection;
    private final PostgresIdentifier role;
    private final long halfDeadline;
    private final long begun = System.nanoTime();

    private static final String ROLES = "SELECT rolname, rolcanlogin,"
            + " pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE ";

    /** What the catalog says of a role. */
    record Role(String name, boolean mayLogIn, Optional<SlotTag> tag) {}

    /** What to do in the transaction. */
    @FunctionalInterface
    interface Work {
        void in(RoleTransaction transaction) throws SQLException;
    }

    private RoleTransaction(Connection connection, PostgresIdentifier role, Duration deadline) {
        this.connection = connection;
        this.role = role;
        this.halfDeadline = deadline.toNanos() / 2;
    }

    /** Does {@code work} and commits; again, if another transaction changed the role meanwhile. */
    static void run(ConnectionSource source, PostgresIdentifier role, Duration deadline, Work work)
            throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = source.open()) {
                connection.setAutoCommit(false);
                try {
                    RoleTransaction transaction = new RoleTransaction(connection, role, deadline);
                    transaction.begin();
                    work.in(transaction);
                    transaction.commit();
                    return;
                } catch (SQLException | RuntimeException e) {
                    connection.rollback();
                    throw e;
                }
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !changedMeanwhile(e)) {
                    throw e;
                }
            }
        }
    }

    void execute(String sql) throws SQLException {
        checkDeadline();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The role, if there is one. */
    Optional<Role> role() throws SQLException {
        return role(connection, role);
    }

    static Optional<Role> role(Connection connection, PostgresIdentifier role) throws SQLException {
        return roles(connection, "rolname = ?", role.name()).stream().findFirst();
    }

    /** The roles whose comment says that they are {@code secret}'s. */
    static List<Role> rolesOf(Connection connection, SecretName secret) throws SQLException {
        return roles(
                        connection,
                        "pg_catalog.starts_with(pg_catalog.shobj_description(oid, 'pg_authid'), ?)",
                        "slipring:" + secret + ":")
                .stream()
                .filter(role -> role.tag().isPresent())
                .toList();
    }

    List<Role> rolesOf(SecretName secret) throws SQLException {
        return rolesOf(connection, secret);
    }

    PreparedStatement prepare(String sql) throws SQLException {
        checkDeadline();
        return connection.prepareStatement(sql);
    }

    /** Whose session this is, whatever role it has assumed. */
    String sessionUser() throws SQLException {
        try (PreparedStatement query = prepare("SELECT session_user");
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** Sets a parameter until the end of the transaction. Returns what it was; empty if it was not known. */
    String setting(String name, String value) throws SQLException {
        try (PreparedStatement query = prepare(
                "SELECT coalesce(pg_catalog.current_setting(?, true), '')," + " pg_catalog.set_config(?, ?, true)")) {
            query.setString(1, name);
            query.setString(2, name);
            query.setString(3, value);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static List<Role> roles(Connection connection, String condition, String parameter) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(ROLES + condition)) {
            query.setString(1, parameter);
            try (ResultSet row = query.executeQuery()) {
                List<Role> found = new ArrayList<>();
                while (row.next()) {
                    found.add(new Role(row.getString(1), row.getBoolean(2), SlotTag.parse(row.getString(3))));
                }
                return found;
            }
        }
    }

    /** The lock only saves us collisions; whoever comes without it is caught by {@link #changedMeanwhile}. */
    private void begin() throws SQLException {
        execute("SET LOCAL statement_timeout = " + Math.max(1, halfDeadline / 1_000_000));
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_catalog.pg_advisory_xact_lock(?)")) {
            lock.setLong(1, lockKey(role));
            lock.execute();
        }
    }

    private void commit() throws SQLException {
        checkDeadline();
        connection.commit();
    }

    private void checkDeadline() throws SQLException {
        if (System.nanoTime() - begun > halfDeadline) {
            throw new SQLTimeoutException(
                    "gave up on role " + role + ": half the statement deadline has passed", "57014");
        }
    }

    /** XX000 "tuple concurrently updated", a role created twice at once, deadlock, serialization. */
    private static boolean changedMeanwhile(SQLException e) {
        String state = e.getSQLState();
        return "XX000".equals(state)
                || "42710".equals(state)
                || "23505".equals(state)
                || "40P01".equals(state)
                || "40001".equals(state);
    }

    private static long lockKey(PostgresIdentifier role) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(("slipring role " + role.name()).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }
}
