package dev.slipring.jdbc.rewrap;

import static dev.slipring.jdbc.sql.Transaction.parameters;

import dev.slipring.jdbc.sql.Column;
import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Table;
import dev.slipring.jdbc.sql.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a pass has come to, in a row of a table: it moves in the same transaction as the cells that it passes, by
 * compare-and-set on its revision. Beside it, what was set aside.
 */
final class Cursor {
    private static final int NAME = 64;
    private static final int REASON = 200;
    private static final int DIGEST = 32;

    static final List<Table> TABLES = List.of(
            new Table(
                    "rewrap",
                    List.of(
                            Column.name("name", NAME),
                            Column.text("target"),
                            Column.text("position").orNull(),
                            Column.number("revision"),
                            Column.number("total"),
                            Column.number("changed"),
                            Column.number("unchanged"),
                            Column.number("refused"),
                            Column.number("overtaken"),
                            Column.integer("finished")),
                    List.of("name")),
            new Table(
                    "rewrap_quarantine",
                    List.of(
                            Column.name("name", NAME),
                            Column.bytes("digest", DIGEST),
                            Column.text("row_key"),
                            Column.text("reason")),
                    List.of("name", "digest")));

    private final Database database;
    private final String name;

    /**
     * Where a pass is.
     *
     * @param target what it goes over
     * @param position the last key that it has passed; null at the beginning
     * @param revision grows by one with each change
     */
    record Place(String target, @Nullable RowKey position, long revision, RewrapProgress progress) {}

    Cursor(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /** Where the pass is, if one ever began. */
    Optional<Place> read() {
        return database
                .call(
                        "read where rewrap " + name + " is",
                        work -> work.query(
                                database.statement(
                                        "SELECT [target], [position], [revision], [total], [changed], [unchanged],"
                                                + " [refused], [overtaken], [finished] FROM {rewrap} WHERE [name] = ?"),
                                parameters(name),
                                Cursor::place))
                .stream()
                .findFirst();
    }

    private static Place place(ResultSet row) throws SQLException {
        String position = row.getString(2);
        RewrapProgress progress = RewrapProgress.begin(row.getLong(4))
                .plus(row.getLong(5), row.getLong(6), row.getLong(7), row.getLong(8));
        return new Place(
                row.getString(1),
                position == null ? null : RowKey.parse(position),
                row.getLong(3),
                row.getInt(9) == 1 ? progress.atTheEnd() : progress);
    }

    /** Begins the first pass, unless another runner has. */
    void create(String target, long total) {
        String sql = "INSERT INTO {rewrap} ([name], [target], [revision], [total], [changed], [unchanged], [refused],"
                + " [overtaken], [finished]) VALUES (?, ?, 1, ?, 0, 0, 0, 0, 0)";
        database.call(
                "begin rewrap " + name, work -> work.insert(database.statement(sql), parameters(name, target, total)));
    }

    /** Begins another pass, unless another runner has; what was set aside is tried again. */
    void restart(Place from, long total) {
        database.call("begin rewrap " + name + " again", work -> {
            String sql = "UPDATE {rewrap} SET [position] = NULL, [revision] = [revision] + 1, [total] = ?,"
                    + " [changed] = 0, [unchanged] = 0, [refused] = 0, [overtaken] = 0, [finished] = 0"
                    + " WHERE [name] = ? AND [revision] = ?";
            return work.update(database.statement(sql), parameters(total, name, from.revision())) == 1
                    && work.update(
                                    database.statement("DELETE FROM {rewrap_quarantine} WHERE [name] = ?"),
                                    parameters(name))
                            >= 0;
        });
    }

    /** Takes the next revision, so that no other runner moves from here; false if one has. */
    boolean claim(Transaction work, Place from) throws SQLException {
        String sql = "UPDATE {rewrap} SET [revision] = [revision] + 1 WHERE [name] = ? AND [revision] = ?";
        return work.update(database.statement(sql), parameters(name, from.revision())) == 1;
    }

    /** Moves on, in the transaction that has claimed. */
    Place move(Transaction work, Place from, @Nullable RowKey position, RewrapProgress progress) throws SQLException {
        String sql = "UPDATE {rewrap} SET [position] = ?, [changed] = ?, [unchanged] = ?, [refused] = ?,"
                + " [overtaken] = ?, [finished] = ? WHERE [name] = ?";
        work.update(
                database.statement(sql),
                parameters(
                        position == null ? null : position.print(),
                        progress.changed(),
                        progress.unchanged(),
                        progress.refused(),
                        progress.overtaken(),
                        progress.finished() ? 1 : 0,
                        name));
        return new Place(from.target(), position, from.revision() + 1, progress);
    }

    /** Sets a row aside. */
    void quarantine(Transaction work, RowKey key, String reason) throws SQLException {
        String shown = reason.length() > REASON ? reason.substring(0, REASON) : reason;
        work.insert(
                database.statement("INSERT INTO {rewrap_quarantine} ([name], [digest], [row_key], [reason])"
                        + " VALUES (?, ?, ?, ?)"),
                parameters(name, key.digest(), key.print(), shown.replaceAll("[^ -~]", "?")));
    }

    /** What is set aside. */
    List<Quarantined> quarantined() {
        String sql = "SELECT [row_key], [reason] FROM {rewrap_quarantine} WHERE [name] = ? ORDER BY [digest]";
        return database.call(
                "read what rewrap " + name + " set aside",
                work -> work.query(
                        database.statement(sql),
                        parameters(name),
                        row -> new Quarantined(RowKey.parse(row.getString(1)).parts(), row.getString(2))));
    }
}
