package dev.slipring.jdbc.rewrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Dialect;
import dev.slipring.jdbc.sql.Transaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The column that is moved, and the SQL on it. Rows come in the order that the database gives their primary key, and
 * are compared with a key by the database too, so that collations are its business alone.
 */
final class Target {
    private final Database database;
    private final Dialect dialect;
    private final String table;
    private final String column;
    private final List<String> key;
    /** By name: the key's columns in order, then those of the context. */
    private final Map<String, ColumnKind> others;

    private final ColumnKind kind;

    /** A row of the column. */
    record Row(RowKey key, Cell cell, Map<String, Cell.Told> told) {}

    private Target(Database database, String table, String column, List<String> key, Map<String, ColumnKind> kinds) {
        this.database = database;
        this.dialect = database.dialect();
        this.table = database.qualified(table);
        this.column = column;
        this.key = key;
        this.others = new LinkedHashMap<>(kinds);
        this.kind = Objects.requireNonNull(others.remove(column));
    }

    /** @throws IllegalArgumentException if the table has no primary key, or a column is of no use for this */
    static Target of(Database database, String table, String column, Set<String> context) {
        List<String> key = database.key(table);
        String place = "the table " + database.qualified(table);
        if (key.isEmpty()) {
            throw new IllegalArgumentException(place + " is not there, or has no primary key");
        }
        Set<String> others = new LinkedHashSet<>(key);
        others.addAll(context);
        if (!others.add(column)) {
            throw new IllegalArgumentException("the column " + column + " is in the primary key or its own context");
        }
        Map<String, ColumnKind> kinds = kinds(database, table, others);
        if (kinds.get(column) != ColumnKind.BYTES && kinds.get(column) != ColumnKind.TEXT) {
            throw new IllegalArgumentException(
                    "the column " + column + " of " + place + " holds neither bytes nor unpadded text");
        }
        kinds.forEach((name, kind) -> {
            if (kind == ColumnKind.INEXACT) {
                throw new IllegalArgumentException(
                        "the column " + name + " of " + place + " has a type that is not compared exactly");
            }
        });
        return new Target(database, table, column, key, kinds);
    }

    private static Map<String, ColumnKind> kinds(Database database, String table, Set<String> columns) {
        String sql =
                "SELECT " + list(database.dialect(), columns) + " FROM " + database.qualified(table) + " WHERE 1 = 0";
        return database.call("look at the table " + table, work -> {
            Map<String, ColumnKind> kinds = new LinkedHashMap<>();
            try (Statement statement = work.connection().createStatement();
                    ResultSet none = statement.executeQuery(sql)) {
                ResultSetMetaData about = none.getMetaData();
                int index = 0;
                for (String name : columns) {
                    index++;
                    kinds.put(
                            name,
                            ColumnKind.of(
                                    database.dialect(), about.getColumnType(index), about.getColumnTypeName(index)));
                }
            }
            return kinds;
        });
    }

    private static String list(Dialect dialect, Iterable<String> columns) {
        List<String> quoted = new ArrayList<>();
        columns.forEach(name -> quoted.add(dialect.quoted(name)));
        return String.join(", ", quoted);
    }

    /** How many cells there are. */
    long count() {
        String sql = "SELECT COUNT(*) FROM " + table + " WHERE " + dialect.quoted(column) + " IS NOT NULL";
        return database.call(
                "count " + this,
                work -> work.unhurried()
                        .query(sql, statement -> {}, row -> row.getLong(1))
                        .get(0));
    }

    /** The first cells behind a key, or the first of all. */
    List<Row> page(@Nullable RowKey after, int limit) {
        String sql = "SELECT " + list(dialect, others.keySet()) + ", " + dialect.quoted(column) + " FROM " + table
                + " WHERE " + dialect.quoted(column) + " IS NOT NULL" + (after == null ? "" : " AND " + behind())
                + " ORDER BY " + list(dialect, key) + " LIMIT " + limit;
        return database.call(
                "read " + this,
                work -> work.query(
                        sql,
                        statement -> {
                            if (after != null) {
                                bindBehind(statement, after);
                            }
                        },
                        this::row));
    }

    private Row row(ResultSet row) throws SQLException {
        Map<String, Cell.Told> told = new LinkedHashMap<>();
        int index = 0;
        for (Map.Entry<String, ColumnKind> other : others.entrySet()) {
            index++;
            told.put(
                    other.getKey(),
                    new Cell.Told(other.getValue(), other.getValue().read(row, index)));
        }
        index++;
        byte[] bytes = kind == ColumnKind.BYTES
                ? row.getBytes(index)
                : row.getString(index).getBytes(UTF_8);
        List<String> parts = new ArrayList<>();
        key.forEach(name ->
                parts.add(String.valueOf(Objects.requireNonNull(told.get(name)).text())));
        return new Row(new RowKey(parts), new Cell(bytes, told), told);
    }

    /**
     * The condition for a key behind another. PostgreSQL finds a pair in an index; the others find the ranges of this
     * longer form, with one parameter for each column of each alternative.
     */
    private String behind() {
        if (dialect == Dialect.POSTGRESQL) {
            String parameters = key.stream().map(name -> "?").collect(Collectors.joining(", "));
            return "(" + list(dialect, key) + ") > (" + parameters + ")";
        }
        List<String> alternatives = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            List<String> parts = new ArrayList<>();
            for (String equal : key.subList(0, i)) {
                parts.add(dialect.quoted(equal) + " = ?");
            }
            parts.add(dialect.quoted(key.get(i)) + " > ?");
            alternatives.add("(" + String.join(" AND ", parts) + ")");
        }
        return "(" + String.join(" OR ", alternatives) + ")";
    }

    private void bindBehind(PreparedStatement statement, RowKey after) throws SQLException {
        int index = 0;
        int alternatives = dialect == Dialect.POSTGRESQL ? 1 : key.size();
        for (int i = 0; i < alternatives; i++) {
            int parts = dialect == Dialect.POSTGRESQL ? key.size() : i + 1;
            for (int part = 0; part < parts; part++) {
                index++;
                bind(statement, index, key.get(part), after.parts().get(part));
            }
        }
    }

    private ColumnKind kind(String other) {
        return Objects.requireNonNull(others.get(other), other);
    }

    private void bind(PreparedStatement statement, int index, String name, String text) throws SQLException {
        kind(name).bind(dialect, statement, index, text);
    }

    /** A condition with one parameter. */
    private record Condition(String sql, Parameter parameter) {
        private interface Parameter {
            void bind(PreparedStatement statement, int index) throws SQLException;
        }
    }

    /** Replaces a cell that still has the bytes it was read with, in a row whose context is still the same. */
    boolean replace(Transaction work, Row row, byte[] next) throws SQLException {
        List<Condition> conditions = new ArrayList<>();
        StringBuilder sql = new StringBuilder("UPDATE " + table + " SET " + dialect.quoted(column) + " = ? WHERE ");
        row.told().forEach((name, told) -> {
            if (told.text() == null) {
                sql.append(dialect.quoted(name)).append(" IS NULL AND ");
            } else {
                conditions.add(same(name, told.text()));
            }
        });
        byte[] before = row.cell().bytes();
        conditions.add(exactly(column, kind, before));
        sql.append(conditions.stream().map(Condition::sql).collect(Collectors.joining(" AND ")));
        return work.update(sql.toString(), statement -> {
                    if (kind == ColumnKind.BYTES) {
                        statement.setBytes(1, next);
                    } else {
                        statement.setString(1, new String(next, UTF_8));
                    }
                    int index = 1;
                    for (Condition condition : conditions) {
                        index++;
                        condition.parameter().bind(statement, index);
                    }
                })
                == 1;
    }

    private Condition same(String name, String text) {
        ColumnKind of = kind(name);
        return of == ColumnKind.TEXT && !key.contains(name)
                ? exactly(name, of, text.getBytes(UTF_8))
                : new Condition(
                        dialect.quoted(name) + " = ?", (statement, index) -> of.bind(dialect, statement, index, text));
    }

    /** Text is compared by its bytes: under many a collation, other text is equal. */
    private Condition exactly(String name, ColumnKind of, byte[] bytes) {
        String quoted = dialect.quoted(name);
        String expression = of == ColumnKind.BYTES
                ? quoted
                : switch (dialect) {
                    case POSTGRESQL -> "convert_to(CAST(" + quoted + " AS text), 'UTF8')";
                    case MARIADB, MYSQL -> "CAST(CONVERT(" + quoted + " USING utf8mb4) AS BINARY)";
                    case H2 -> "CAST(CAST(" + quoted + " AS VARCHAR) AS VARBINARY)";
                };
        return new Condition(expression + " = ?", (statement, index) -> statement.setBytes(index, bytes));
    }

    @Override
    public String toString() {
        return column + " of " + table;
    }
}
