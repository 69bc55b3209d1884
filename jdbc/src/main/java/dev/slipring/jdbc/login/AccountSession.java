package dev.slipring.jdbc.login;

import dev.slipring.jdbc.login.LoginLedger.Entry;
import dev.slipring.jdbc.login.LoginLedger.State;
import dev.slipring.rotation.Issuance;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A session that has one account to itself. Account statements commit by themselves, so what a transaction does
 * elsewhere is done here by a lock that belongs to the session: while the server may still execute a statement of
 * it, nobody else gets the lock. No statement begins after half the deadline or waits for longer than the other
 * half. Used by one thread.
 */
final class AccountSession {
    private final Connection connection;
    private final AccountName account;
    private final long halfDeadline;
    private final long begun = System.nanoTime();

    /** What to do in the session. */
    @FunctionalInterface
    interface Work {
        void in(AccountSession session) throws SQLException;
    }

    private AccountSession(Connection connection, AccountName account, Duration deadline) {
        this.connection = connection;
        this.account = account;
        this.halfDeadline = deadline.toNanos() / 2;
    }

    static void run(AccountDialect dialect, ConnectionSource source, AccountName account, Duration deadline, Work work)
            throws SQLException {
        try (Connection connection = source.open()) {
            AccountSession session = new AccountSession(connection, account, deadline);
            session.lock(dialect);
            try {
                work.in(session);
            } finally {
                session.unlock(dialect);
            }
        }
    }

    Connection connection() {
        return connection;
    }

    void execute(String sql) throws SQLException {
        checkDeadline();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    LoginLedger ledger() throws SQLException {
        return ledger(connection, account);
    }

    static LoginLedger ledger(Connection connection, AccountName account) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT version, secret, rotation_id, state,"
                + " fingerprint FROM " + LoginLedger.TABLE + " WHERE account = ? ORDER BY version")) {
            query.setString(1, account.toString());
            try (ResultSet row = query.executeQuery()) {
                List<Entry> entries = new ArrayList<>();
                while (row.next()) {
                    entries.add(new Entry(
                            row.getInt(1),
                            row.getString(2),
                            row.getString(3),
                            State.valueOf(row.getString(4)),
                            row.getString(5)));
                }
                return new LoginLedger(account, entries);
            }
        }
    }

    /** Writes the row of the version; a fingerprint once known is kept. */
    void enter(Issuance issuance, State state, String fingerprint) throws SQLException {
        checkDeadline();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + LoginLedger.TABLE
                + " (account, version, secret, rotation_id, state, fingerprint) VALUES (?, ?, ?, ?, ?, ?)"
                + " ON DUPLICATE KEY UPDATE state = VALUES(state),"
                + " fingerprint = IF(VALUES(fingerprint) = '', fingerprint, VALUES(fingerprint))")) {
            insert.setString(1, account.toString());
            insert.setInt(2, issuance.version());
            insert.setString(3, issuance.secret().value());
            insert.setString(4, issuance.rotationId());
            insert.setString(5, state.name());
            insert.setString(6, fingerprint);
            insert.executeUpdate();
        }
    }

    /** Moves a version that the ledger knows to another state. */
    void move(int version, State state) throws SQLException {
        checkDeadline();
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + LoginLedger.TABLE + " SET state = ? WHERE account = ? AND version = ?")) {
            update.setString(1, state.name());
            update.setString(2, account.toString());
            update.setInt(3, version);
            update.executeUpdate();
        }
    }

    private void lock(AccountDialect dialect) throws SQLException {
        long seconds = Math.max(1, halfDeadline / 1_000_000_000);
        execute(dialect.limited(seconds));
        try (PreparedStatement lock = connection.prepareStatement("SELECT GET_LOCK(?, ?)")) {
            lock.setString(1, lockName());
            lock.setLong(2, seconds);
            try (ResultSet row = lock.executeQuery()) {
                if (!row.next() || row.getInt(1) != 1) {
                    throw new SQLTimeoutException("somebody else is at work on account " + account, "57014");
                }
            }
        }
    }

    /** A session that cannot give the lock back is ended, which does. */
    private void unlock(AccountDialect dialect) throws SQLException {
        try (PreparedStatement unlock = connection.prepareStatement("SELECT RELEASE_LOCK(?)")) {
            unlock.setString(1, lockName());
            unlock.execute();
            try (Statement statement = connection.createStatement()) {
                statement.execute(dialect.unlimited());
            }
        } catch (SQLException e) {
            connection.abort(Runnable::run);
        }
    }

    private void checkDeadline() throws SQLException {
        if (System.nanoTime() - begun > halfDeadline) {
            throw new SQLTimeoutException(
                    "gave up on account " + account + ": half the statement deadline has passed", "57014");
        }
    }

    /** MySQL allows 64 characters. */
    private String lockName() {
        byte[] digest = NativePassword.digest("SHA-256", account.toString().getBytes(StandardCharsets.UTF_8));
        return "slipring:" + HexFormat.of().formatHex(digest, 0, 16);
    }
}
