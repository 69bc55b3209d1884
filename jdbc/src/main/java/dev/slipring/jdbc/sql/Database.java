package dev.slipring.jdbc.sql;

import dev.slipring.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A schema of a database, and transactions on it: READ COMMITTED and without autocommit whatever the
 * {@code DataSource} says, which finds both as they were. A transaction that the database has rolled back for a
 * deadlock runs again. Safe for use by several threads.
 */
public final class Database {
    /** The states that say that a transaction was rolled back and may succeed when it is run again. */
    private static final Set<String> ROLLED_BACK = Set.of("40001", "40P01");

    private static final int ATTEMPTS = 10;
    private static final Pattern NAME = Pattern.compile("\\[\\w+\\]|\\{\\w+\\}");

    private final DataSource source;
    private final String prefix;
    private final int timeoutSeconds;
    private final Dialect dialect;
    private final String schema;

    private Database(Builder builder, Dialect dialect, String schema) {
        source = builder.source;
        prefix = builder.prefix;
        timeoutSeconds = builder.timeoutSeconds;
        this.dialect = dialect;
        this.schema = schema;
    }

    /** The database that {@code source} connects to, which stays the caller's. */
    public static Builder builder(DataSource source) {
        return new Builder(source);
    }

    /** What happens in a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it; may be called again if the database has rolled the transaction back. */
        T on(Transaction transaction) throws SQLException;
    }

    /** Which database it is. */
    public Dialect dialect() {
        return dialect;
    }

    /** The schema in which tables are. */
    public String schema() {
        return schema;
    }

    /** The table of ours that is named {@code name} behind the prefix: quoted, with its schema. */
    public String table(String name) {
        return qualified(prefix + name);
    }

    /**
     * A statement in this database's SQL.
     *
     * @param template with names of columns in square brackets, and names of tables of ours in braces
     */
    public String statement(String template) {
        return NAME.matcher(template).replaceAll(match -> {
            String name = match.group().substring(1, match.group().length() - 1);
            return Matcher.quoteReplacement(match.group().startsWith("{") ? table(name) : dialect.quoted(name));
        });
    }

    /** Any table of the schema: quoted, with its schema. */
    public String qualified(String name) {
        return dialect.quoted(schema) + "." + dialect.quoted(name);
    }

    /**
     * Runs {@code work} in a transaction of its own.
     *
     * @param what it is, for messages, as in "read the record"
     * @throws StoreUnavailableException if it failed; the message and the cause show no content
     */
    public <T> T call(String what, Work<T> work) {
        try {
            return run(work);
        } catch (SQLException e) {
            throw unavailable(what, e);
        }
    }

    /**
     * The exception for a failure of {@code what}: a database may quote the content of a row in its messages, so
     * state and code are all that is kept, unless there was no connection.
     */
    public StoreUnavailableException unavailable(String what, SQLException failure) {
        if (failure instanceof ConnectFailure) {
            return new StoreUnavailableException("cannot " + what + ": no connection for " + this, failure.getCause());
        }
        String state = "SQLState " + failure.getSQLState() + ", error " + failure.getErrorCode();
        SQLException scrubbed = new SQLException(state, failure.getSQLState(), failure.getErrorCode());
        scrubbed.setStackTrace(failure.getStackTrace());
        return new StoreUnavailableException("cannot " + what + " in " + this + ": " + state, scrubbed);
    }

    /**
     * Runs {@code work} in a transaction of its own.
     *
     * @throws SQLException if it failed: then it took no effect, unless it is the commit that failed
     */
    public <T> T run(Work<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !ROLLED_BACK.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
            }
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (Connection connection = connect(source)) {
            Settings before = Settings.replaced(connection);
            T result;
            try {
                Transaction transaction = new Transaction(connection, dialect, timeoutSeconds);
                result = work.on(transaction);
                if (transaction.isGivenUp()) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            } catch (Throwable failure) {
                rollBack(connection, before, failure);
                throw failure;
            }
            before.restore(connection);
            return result;
        }
    }

    /** Turning autocommit on would commit, so a connection that cannot roll back is closed as it is. */
    private static void rollBack(Connection connection, Settings before, Throwable failure) {
        try {
            connection.rollback();
            before.restore(connection);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private static Connection connect(DataSource source) throws SQLException {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw new ConnectFailure(e);
        }
    }

    /**
     * Passes if every one of {@code tables} is there and has the columns, the key and the storage engine that it
     * should have. Changes nothing.
     *
     * @throws StoreUnavailableException if one has not; the message names the difference
     */
    public void check(List<Table> tables) {
        for (Table table : tables) {
            Shape wanted = Shape.of(table, dialect);
            Shape found = call(
                    "look at the tables",
                    work -> Shape.found(work.connection(), dialect, schema, prefix + table.name()));
            if (found.isMissing()) {
                throw new StoreUnavailableException(
                        "the table " + table(table.name())
                                + " is missing, or this login may not read it: run what schemaSql() prints",
                        null);
            }
            List<String> differences = wanted.differences(found);
            if (!differences.isEmpty()) {
                throw new StoreUnavailableException(
                        "the table " + table(table.name()) + " has another shape, and is not touched: "
                                + String.join("; ", differences),
                        null);
            }
        }
    }

    /**
     * Makes those of {@code tables} that are missing, and checks all of them.
     *
     * @throws StoreUnavailableException if one cannot be made or has another shape
     */
    public void create(List<Table> tables) {
        try {
            run(work -> {
                try (Statement statement = work.connection().createStatement()) {
                    for (Table table : tables) {
                        statement.execute(dialect.create(table, table(table.name())));
                    }
                }
                return true;
            });
        } catch (SQLException e) {
            StoreUnavailableException failure = unavailable("make the tables", e);
            try {
                check(tables); // another process was first, at the same time
            } catch (StoreUnavailableException stillMissing) {
                failure.addSuppressed(stillMissing);
                throw failure;
            }
        }
        check(tables);
    }

    /** The statements that make {@code tables}, each ended by a semicolon. */
    public String sql(List<Table> tables) {
        return tables.stream()
                .map(table -> dialect.create(table, table(table.name())) + ";\n")
                .collect(Collectors.joining("\n"));
    }

    /** The columns of the primary key of a table of the schema, in order; empty if it has none. */
    public List<String> key(String table) {
        return call("look at the table " + table, work -> Shape.key(work.connection(), dialect, schema, table));
    }

    @Override
    public String toString() {
        return dialect + " " + schema + "." + prefix + "*";
    }

    /** That there was no connection. */
    private static final class ConnectFailure extends SQLException {
        private static final long serialVersionUID = 1L;

        ConnectFailure(SQLException cause) {
            super(cause.getMessage(), cause.getSQLState(), cause.getErrorCode(), cause);
        }
    }

    /** How a connection came. */
    private record Settings(boolean autoCommit, int isolation) {
        static Settings replaced(Connection connection) throws SQLException {
            Settings before = new Settings(connection.getAutoCommit(), connection.getTransactionIsolation());
            if (before.isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            if (before.autoCommit) {
                connection.setAutoCommit(false);
            }
            return before;
        }

        void restore(Connection connection) throws SQLException {
            if (autoCommit) {
                connection.setAutoCommit(true);
            }
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(isolation);
            }
        }
    }

    /** Collects what a {@link Database} is made of. Not thread-safe. */
    public static final class Builder {
        private static final String DEFAULT_PREFIX = "slipring_";

        private final DataSource source;
        private String prefix = DEFAULT_PREFIX;
        private @Nullable String schema;
        private int timeoutSeconds = 5;

        private Builder(DataSource source) {
            this.source = Objects.requireNonNull(source, "dataSource");
        }

        /** What the names of our tables begin with; {@code slipring_} unless told. */
        public Builder prefix(String value) {
            prefix = Identifiers.checked(value);
            return this;
        }

        /** The schema in which the tables are; the one that connections begin in unless told. */
        public Builder schema(String value) {
            schema = Identifiers.checked(value);
            return this;
        }

        /**
         * How long a statement may take; 5 s unless told.
         *
         * @throws IllegalArgumentException if it is not in 1 s to 1 h
         */
        public Builder timeout(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("the time-out " + value + " is not in 1 s to 1 h");
            }
            timeoutSeconds = (int) value.toSeconds();
            return this;
        }

        /**
         * Connects once, to learn which database it is.
         *
         * @throws StoreUnavailableException if it does not answer or is not a known one
         */
        public Database build() {
            try (Connection connection = connect(source)) {
                Dialect dialect = Dialect.of(connection);
                String current = dialect.isMySqlLike() ? connection.getCatalog() : connection.getSchema();
                String place = schema == null ? current : schema;
                if (place == null) {
                    throw new StoreUnavailableException("connections begin in no schema: name one", null);
                }
                return new Database(this, dialect, place);
            } catch (SQLException e) {
                throw new StoreUnavailableException("cannot connect to the database: " + e.getMessage(), e);
            }
        }
    }
}
