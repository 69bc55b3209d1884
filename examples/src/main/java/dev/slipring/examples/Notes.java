package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.crypto.EnvelopeHeader;
import dev.slipring.crypto.EnvelopeSource;
import dev.slipring.crypto.Rewrapped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * The notes of users, encrypted in the database. Each belongs to its owner by context too, so a note moved to
 * another user's row does not open. The newest {@value #KEPT} of a user are kept.
 *
 * <p>Encryption comes last before the commit and decryption right after the query: what a replica does with a key
 * takes no longer than the time A that the policy allows, however long the transaction was. Safe for use by
 * several threads.
 */
final class Notes {
    static final String NAME = Postgres.SCHEMA + ".notes";
    static final int KEPT = 5;

    static final String TABLE = "CREATE TABLE IF NOT EXISTS " + NAME
            + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL,"
            + " body bytea NOT NULL, UNIQUE (owner, id))";

    /** Needs the right to read notes, reads none. */
    static final String RIGHTS_PROBE = "SELECT body FROM " + NAME + " LIMIT 0";

    private final DataSource pool;
    private final EnvelopeEncryptor encryptor;
    private final Tally tally;

    /**
     * A note as its owner sees it.
     *
     * @param id its number
     * @param text what it says
     * @param kekVersion the version under which its data key is wrapped at present
     */
    record Note(long id, String text, int kekVersion) {}

    /** A note as the database has it. */
    private static final class Row {
        private final long id;
        private final byte[] body;

        Row(long id, byte[] body) {
            this.id = id;
            this.body = body;
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    Notes(DataSource pool, EnvelopeEncryptor encryptor, Tally tally) {
        this.pool = pool;
        this.encryptor = encryptor;
        this.tally = tally;
    }

    /**
     * Stores a note in one transaction, which first holds its connection for {@code hold}.
     *
     * @throws SQLException if there was no connection, or the transaction failed
     */
    void write(String owner, String text, Duration hold) throws SQLException {
        inTransaction(connection -> {
            hold(connection, hold);
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO " + NAME + " (owner, body) VALUES (?, ?)")) {
                insert.setString(1, owner);
                insert.setBytes(2, encryptor.encrypt(text.getBytes(UTF_8), context(owner)));
                insert.executeUpdate();
            }
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + NAME
                    + " WHERE owner = ? AND id <= (SELECT id FROM " + NAME
                    + " WHERE owner = ? ORDER BY id DESC OFFSET " + KEPT + " LIMIT 1)")) {
                delete.setString(1, owner);
                delete.setString(2, owner);
                delete.executeUpdate();
            }
            return true;
        });
    }

    /**
     * The notes of {@code owner}, newest first, in one transaction, which first holds its connection for {@code hold}.
     *
     * @throws SQLException if there was no connection, or the transaction failed
     */
    List<Note> read(String owner, Duration hold) throws SQLException {
        List<Row> rows = inTransaction(connection -> {
            hold(connection, hold);
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT id, body FROM " + NAME + " WHERE owner = ? ORDER BY id DESC")) {
                query.setString(1, owner);
                return rows(query);
            }
        });
        List<Note> notes = new ArrayList<>();
        for (Row row : rows) {
            String text = new String(encryptor.decrypt(row.body, context(owner)), UTF_8);
            notes.add(new Note(row.id, text, EnvelopeHeader.read(row.body).kekVersion()));
        }
        return notes;
    }

    /**
     * Brings every note under the primary KEK version. A note that changes meanwhile is left to the next time.
     *
     * @throws SQLException if there was no connection, or the transaction failed
     */
    void rewrap() throws SQLException {
        for (Row row : inTransaction(Notes::all)) {
            Rewrapped rewrapped = encryptor.rewrap(row.body);
            if (rewrapped.changed()) {
                int updated = inTransaction(connection -> replace(connection, row, rewrapped.bytes()));
                tally.rewrapped.add(updated);
            }
        }
    }

    /**
     * The notes of all users that are in the database, as a census counts them.
     *
     * @param tally counts the transactions
     */
    static EnvelopeSource source(DataSource pool, Tally tally) {
        return envelopes -> inTransaction(pool, tally, Notes::all).forEach(row -> envelopes.accept(row.body));
    }

    private <T> T inTransaction(Work<T> work) throws SQLException {
        return inTransaction(pool, tally, work);
    }

    private static <T> T inTransaction(DataSource pool, Tally tally, Work<T> work) throws SQLException {
        tally.checkouts.increment();
        Connection checkedOut;
        try {
            checkedOut = pool.getConnection();
        } catch (SQLException e) {
            tally.failedCheckouts.increment();
            throw e;
        }
        try (Connection connection = checkedOut) {
            connection.setAutoCommit(false);
            T result = work.in(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            tally.killedTransactions.increment();
            throw e;
        }
    }

    private static void hold(Connection connection, Duration hold) throws SQLException {
        if (!hold.isZero()) {
            try (PreparedStatement sleep = connection.prepareStatement("SELECT pg_sleep(?)")) {
                sleep.setDouble(1, hold.toMillis() / 1000.0);
                sleep.execute();
            }
        }
    }

    private static List<Row> all(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT id, body FROM " + NAME)) {
            return rows(query);
        }
    }

    private static int replace(Connection connection, Row row, byte[] body) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE " + NAME + " SET body = ? WHERE id = ? AND body = ?")) {
            update.setBytes(1, body);
            update.setLong(2, row.id);
            update.setBytes(3, row.body);
            return update.executeUpdate();
        }
    }

    private static List<Row> rows(PreparedStatement query) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet result = query.executeQuery()) {
            while (result.next()) {
                rows.add(new Row(result.getLong(1), result.getBytes(2)));
            }
        }
        return rows;
    }

    private static Context context(String owner) {
        return Context.of("table", "notes", "column", "body", "owner", owner);
    }
}
