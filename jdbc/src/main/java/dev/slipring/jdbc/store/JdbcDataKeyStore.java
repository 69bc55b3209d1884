package dev.slipring.jdbc.store;

import static dev.slipring.jdbc.sql.Transaction.parameters;

import dev.slipring.jdbc.sql.Column;
import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Table;
import dev.slipring.store.Commitment;
import dev.slipring.store.DataKeyStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.StoredDataKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Wrapped data keys in a table of PostgreSQL, MariaDB, MySQL or H2, beside the data that are under them or apart.
 *
 * <p>The {@code DataSource} must lead to the database that takes the writes, and never to a replica that may lag: what
 * was just encrypted could not be read for want of its data key. Its autocommit and isolation do not matter, and are
 * found as they were; it must not hand out the caller's own transaction, since a data key that is rolled back with a
 * row may be in use for others already.
 *
 * <p>Whoever decrypts needs SELECT on the table; whoever encrypts INSERT as well, and whoever rewraps UPDATE. Nobody
 * deletes. For MySQL the SQL is the same as for MariaDB, and has not been tried on a server. Safe for use by several
 * threads, instances and processes.
 */
public final class JdbcDataKeyStore implements DataKeyStore {
    private static final List<Table> TABLES = List.of(new Table(
            "data_key",
            List.of(Column.bytes("commitment", Commitment.LENGTH), Column.bytes("record", MAX_RECORD)),
            List.of("commitment")));

    private final Database database;
    private final String find;
    private final String put;
    private final String replace;
    private final String first;
    private final String behind;

    private JdbcDataKeyStore(Builder builder) {
        database = builder.database.build();
        find = database.statement("SELECT [record] FROM {data_key} WHERE [commitment] = ?");
        put = database.statement("INSERT INTO {data_key} ([commitment], [record]) VALUES (?, ?)");
        replace = database.statement("UPDATE {data_key} SET [record] = ? WHERE [commitment] = ? AND [record] = ?");
        first = database.statement("SELECT [commitment], [record] FROM {data_key} ORDER BY [commitment] LIMIT ?");
        behind = database.statement("SELECT [commitment], [record] FROM {data_key} WHERE [commitment] > ?"
                + " ORDER BY [commitment] LIMIT ?");
        if (builder.createTables) {
            database.create(TABLES);
        } else {
            database.check(TABLES);
        }
    }

    /** A store in the database that {@code dataSource} connects to, which stays the caller's. */
    public static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    @Override
    public Optional<byte[]> find(Commitment commitment) {
        return database
                .call(
                        "find the data key " + commitment,
                        work -> work.query(find, parameters(commitment.bytes()), row -> row.getBytes(1)))
                .stream()
                .findFirst();
    }

    @Override
    public boolean putIfAbsent(Commitment commitment, byte[] record) {
        DataKeyStore.checkRecord(record);
        return database.call(
                "put the data key " + commitment, work -> work.insert(put, parameters(commitment.bytes(), record)));
    }

    @Override
    public boolean replace(Commitment commitment, byte[] expected, byte[] next) {
        DataKeyStore.checkRecord(next);
        if (Arrays.equals(expected, next)) { // some drivers count only rows that changed
            return find(commitment)
                    .filter(present -> Arrays.equals(present, expected))
                    .isPresent();
        }
        return database.call(
                "replace the data key " + commitment,
                work -> work.update(replace, parameters(next, commitment.bytes(), expected)) == 1);
    }

    @Override
    public List<StoredDataKey> scan(@Nullable Commitment after, int limit) {
        DataKeyStore.checkLimit(limit);
        return database.call(
                "go over the data keys",
                work -> work.query(
                        after == null ? first : behind,
                        after == null ? parameters(limit) : parameters(after.bytes(), limit),
                        row -> new StoredDataKey(Commitment.copyOf(row.getBytes(1)), row.getBytes(2))));
    }

    @Override
    public String toString() {
        return "JdbcDataKeyStore[" + database + "]";
    }

    /** Collects what a {@link JdbcDataKeyStore} is made of. Not thread-safe. */
    public static final class Builder {
        private final Database.Builder database;
        private boolean createTables;

        private Builder(DataSource dataSource) {
            database = Database.builder(dataSource);
        }

        /**
         * What the name of the table begins with; {@code slipring_} unless told. Taken as it is, and quoted.
         *
         * @throws IllegalArgumentException if it is blank, longer than 63 bytes, or holds a control character
         */
        public Builder prefix(String value) {
            database.prefix(value);
            return this;
        }

        /**
         * The schema of the table, in MariaDB and MySQL the database; the one that connections begin in unless told.
         * Taken as it is, and quoted.
         *
         * @throws IllegalArgumentException if it is blank, longer than 63 bytes, or holds a control character
         */
        public Builder schema(String value) {
            database.schema(value);
            return this;
        }

        /**
         * How long a statement may take; 5 s unless told.
         *
         * @throws IllegalArgumentException if it is not in 1 s to 1 h
         */
        public Builder timeout(Duration value) {
            database.timeout(value);
            return this;
        }

        /** Lets the table be made if it is missing, which takes the right to. Otherwise it must be there. */
        public Builder createTables() {
            createTables = true;
            return this;
        }

        /**
         * The statement that makes the table in this database, for whoever may.
         *
         * @throws StoreUnavailableException if the database does not answer or is not a known one
         */
        public String schemaSql() {
            return database.build().sql(TABLES);
        }

        /**
         * The store.
         *
         * @throws StoreUnavailableException if the database does not answer or is not a known one, or if the table is
         *     missing or has another shape
         */
        public JdbcDataKeyStore build() {
            return new JdbcDataKeyStore(this);
        }
    }
}
