package dev.slipring.jdbc.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a table looks like.
 *
 * @param columns by name, as in {@code varchar(64) collate ascii_bin not null}
 * @param key the columns of the primary key, in order
 * @param engine the storage engine, where a database has several; empty elsewhere
 */
record Shape(Map<String, String> columns, List<String> key, String engine) {
    /** The shape that {@code table} should have. */
    static Shape of(Table table, Dialect dialect) {
        Map<String, String> columns = new LinkedHashMap<>();
        table.columns().forEach(column -> columns.put(column.name(), dialect.described(column)));
        return new Shape(columns, table.key(), dialect.isMySqlLike() ? "innodb" : "");
    }

    /** The shape of what is there; without columns if nothing is, or nothing that this login may read. */
    static Shape found(Connection connection, Dialect dialect, String schema, String table) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        String sql = "SELECT column_name, data_type, character_maximum_length, collation_name, is_nullable"
                + " FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
                + " ORDER BY ordinal_position";
        try (PreparedStatement statement = prepared(connection, sql, schema, table);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.put(rows.getString(1), column(rows, dialect));
            }
        }
        return new Shape(columns, key(connection, dialect, schema, table), engine(connection, dialect, schema, table));
    }

    private static String column(ResultSet row, Dialect dialect) throws SQLException {
        String type = row.getString(2).toLowerCase(Locale.ROOT);
        String length = type.contains("var") ? "(" + row.getString(3) + ")" : "";
        String collation = row.getString(4);
        return type
                + length
                + (collation == null || dialect == Dialect.H2 ? "" : " collate " + collation)
                + ("YES".equals(row.getString(5)) ? "" : " not null");
    }

    /** The columns of the primary key of a table, in order. */
    static List<String> key(Connection connection, Dialect dialect, String schema, String table) throws SQLException {
        String catalog = dialect.isMySqlLike() ? schema : null;
        Map<Integer, String> key = new TreeMap<>();
        try (ResultSet rows =
                connection.getMetaData().getPrimaryKeys(catalog, dialect.isMySqlLike() ? null : schema, table)) {
            while (rows.next()) {
                key.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME"));
            }
        }
        return List.copyOf(key.values());
    }

    private static String engine(Connection connection, Dialect dialect, String schema, String table)
            throws SQLException {
        if (!dialect.isMySqlLike()) {
            return "";
        }
        String sql = "SELECT engine FROM information_schema.tables WHERE table_schema = ? AND table_name = ?";
        try (PreparedStatement statement = prepared(connection, sql, schema, table);
                ResultSet rows = statement.executeQuery()) {
            String engine = rows.next() ? rows.getString(1) : null;
            return engine == null ? "" : engine.toLowerCase(Locale.ROOT);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, String schema, String table)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, schema);
        statement.setString(2, table);
        return statement;
    }

    boolean isMissing() {
        return columns.isEmpty();
    }

    /** What is different in {@code found}, in words; empty if nothing is. */
    List<String> differences(Shape found) {
        List<String> differences = new ArrayList<>();
        columns.forEach((name, type) -> {
            String other = found.columns.get(name);
            if (other == null) {
                differences.add("column " + name + " " + type + " is missing");
            } else if (!other.equals(type)) {
                differences.add("column " + name + " is " + other + " instead of " + type);
            }
        });
        found.columns.keySet().stream()
                .filter(name -> !columns.containsKey(name))
                .forEach(name -> differences.add("column " + name + " should not be there"));
        if (!key.equals(found.key)) {
            differences.add("the primary key is " + found.key + " instead of " + key);
        }
        if (!engine.equals(found.engine)) {
            differences.add("the storage engine is " + found.engine + " instead of " + engine);
        }
        return differences;
    }
}
