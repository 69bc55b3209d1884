package dev.slipring.jdbc.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction under way. For one thread. */
public final class Transaction {
    private final Connection connection;
    private final Dialect dialect;
    private final int timeoutSeconds;
    private boolean givenUp;

    Transaction(Connection connection, Dialect dialect, int timeoutSeconds) {
        this.connection = connection;
        this.dialect = dialect;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** Sets the parameters of a statement. */
    @FunctionalInterface
    public interface Binder {
        /** Sets the parameters of {@code statement}. */
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** Makes something of a row. */
    @FunctionalInterface
    public interface Reader<T> {
        /** What the row that {@code rows} stands on means. */
        T read(ResultSet rows) throws SQLException;
    }

    /** Sets the given texts, numbers and byte arrays in order. */
    public static Binder parameters(@Nullable Object... values) {
        return statement -> {
            for (int i = 0; i < values.length; i++) {
                bind(statement, i + 1, values[i]);
            }
        };
    }

    private static void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        if (value instanceof byte[] bytes) {
            statement.setBytes(index, bytes);
        } else if (value instanceof Integer number) {
            statement.setInt(index, number);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else {
            statement.setString(index, (String) value);
        }
    }

    /** The same transaction for statements that may take as long as they take. */
    public Transaction unhurried() {
        return new Transaction(connection, dialect, 0);
    }

    /** Every row that {@code sql} finds. */
    public <T> List<T> query(String sql, Binder binder, Reader<T> reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(timeoutSeconds);
            binder.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
                return found;
            }
        }
    }

    /** Runs {@code sql}; how many rows it changed. */
    public int update(String sql, Binder binder) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setQueryTimeout(timeoutSeconds);
            binder.bind(statement);
            return statement.executeUpdate();
        }
    }

    /** Runs the INSERT {@code sql}; false if there is a row with this key already. */
    public boolean insert(String sql, Binder binder) throws SQLException {
        try {
            return update(sql + dialect.ifAbsent(), binder) == 1;
        } catch (SQLException e) {
            if (dialect.isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** The connection, for what is not said here. */
    public Connection connection() {
        return connection;
    }

    /** Lets the transaction be rolled back when the work returns. */
    public void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }
}
