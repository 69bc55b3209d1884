package dev.slipring.jdbc.rewrap;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.jdbc.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A table {@code notes} with columns {@code id}, {@code body}, {@code owner}, on one kind of server. */
final class Notes {
    private final TestDatabase database;

    Notes(TestDatabase database) throws SQLException {
        this.database = database;
        database.execute("CREATE TABLE " + name("notes") + " (" + name("id") + " BIGINT PRIMARY KEY, " + name("body")
                + " " + bytes() + ", " + name("owner") + " VARCHAR(50))");
    }

    String name(String plain) {
        return database.server() == TestDatabase.Server.MARIADB ? "`" + plain + "`" : "\"" + plain + "\"";
    }

    private String bytes() {
        return switch (database.server()) {
            case POSTGRES -> "BYTEA";
            case MARIADB -> "BLOB";
            default -> "VARBINARY(1000)";
        };
    }

    void insert(long id, String body) throws SQLException {
        String sql = "INSERT INTO " + name("notes") + " VALUES (?, ?, 'anna')";
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id);
            statement.setBytes(2, body == null ? null : body.getBytes(UTF_8));
            statement.executeUpdate();
        }
    }

    void insertMany(int rows) throws SQLException {
        String sql = "INSERT INTO " + name("notes") + " VALUES (?, ?, 'anna')";
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            connection.setAutoCommit(false);
            for (int id = 1; id <= rows; id++) {
                statement.setLong(1, id);
                statement.setBytes(2, Versions.cell(1, "note " + id));
                statement.addBatch();
            }
            statement.executeBatch();
            connection.commit();
        }
    }

    void set(long id, String column, String value) {
        String sql = "UPDATE " + name("notes") + " SET " + name(column) + " = ? WHERE " + name("id") + " = " + id;
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            if (column.equals("body")) {
                statement.setBytes(1, value.getBytes(UTF_8));
            } else {
                statement.setString(1, value);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void delete(long id) {
        try {
            database.execute("DELETE FROM " + name("notes") + " WHERE " + name("id") + " = " + id);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What every row says, by ascending id; null where it is NULL. */
    List<String> bodies() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT " + name("body") + " FROM " + name("notes") + " ORDER BY " + name("id"))) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                byte[] body = rows.getBytes(1);
                found.add(body == null ? null : new String(body, UTF_8));
            }
            return found;
        }
    }

    TableRewrap.Builder rewrap() {
        return TableRewrap.builder(database.dataSource(), "to-2")
                .column("notes", "body")
                .rewrap(Versions::toTwo)
                .rowsPerSecond(1e9)
                .slowBatch(Duration.ofHours(1)) // a loaded machine must not change what a batch is
                .createTables();
    }
}
