package dev.slipring.jdbc.store;

import dev.slipring.jdbc.sql.Column;
import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Table;
import dev.slipring.keyring.SecretValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The tables of a {@link JdbcSecretStore} and the SQL on them. The epoch and the incarnation of a record are columns,
 * so that the compare-and-set is one statement; the rest is its JSON. A value that was erased is a row without one.
 */
final class SecretTables {
    private static final int NAME = 64;

    private static final Table RECORD = new Table(
            "record",
            List.of(
                    Column.name("secret", NAME),
                    Column.number("incarnation"),
                    Column.number("epoch"),
                    Column.text("record")),
            List.of("secret"));
    private static final Table VALUE = new Table(
            "value",
            List.of(
                    Column.name("secret", NAME),
                    Column.integer("version"),
                    Column.bytes("value", SecretValue.MAX_LENGTH).orNull()),
            List.of("secret", "version"));
    private static final Table REPORT = new Table(
            "report",
            List.of(
                    Column.name("secret", NAME),
                    Column.name("replica", NAME),
                    Column.number("lease_until"),
                    Column.text("report")),
            List.of("secret", "replica"));

    static final List<Table> ALL = List.of(RECORD, VALUE, REPORT);

    final String now;
    final String read;
    final String create;
    final String replace;
    final String names;
    final String value;
    final String putValue;
    final String replaceValue;
    final String eraseValue;
    final String report;
    final String gone;
    final String takeOver;
    final String addReport;
    final String reports;

    SecretTables(Database database) {
        String clock = database.dialect().nowMicros();
        now = "SELECT " + clock;
        read = database.statement("SELECT r.[incarnation], r.[epoch], r.[record], ")
                + clock
                + database.statement(" FROM (SELECT 1 AS one) o LEFT JOIN {record} r ON r.[secret] = ?");
        create = database.statement(
                "INSERT INTO {record} ([secret], [incarnation], [epoch], [record]) VALUES (?, ?, ?, ?)");
        replace = database.statement("UPDATE {record} SET [incarnation] = ?, [epoch] = ?, [record] = ?"
                + " WHERE [secret] = ? AND [epoch] = ? AND [incarnation] IN (?, ?)");
        names = database.statement("SELECT [secret] FROM {record}");
        value = database.statement("SELECT [value] FROM {value} WHERE [secret] = ? AND [version] = ?");
        putValue = database.statement("INSERT INTO {value} ([secret], [version], [value]) VALUES (?, ?, ?)");
        replaceValue = database.statement(
                "UPDATE {value} SET [value] = ? WHERE [secret] = ? AND [version] = ? AND [value] = ?");
        eraseValue = database.statement("UPDATE {value} SET [value] = NULL WHERE [secret] = ? AND [version] = ?");
        report = database.statement(
                "UPDATE {report} SET [lease_until] = ?, [report] = ? WHERE [secret] = ? AND [replica] = ?");
        gone = database.statement("SELECT [replica] FROM {report} WHERE [secret] = ? AND [lease_until] < ?"
                + " ORDER BY [replica] LIMIT 1");
        takeOver = database.statement("UPDATE {report} SET [replica] = ?, [lease_until] = ?, [report] = ?"
                + " WHERE [secret] = ? AND [replica] = ? AND [lease_until] < ?");
        addReport = database.statement(
                "INSERT INTO {report} ([secret], [replica], [lease_until], [report]) VALUES (?, ?, ?, ?)");
        reports = database.statement("SELECT [report] FROM {report} WHERE [secret] = ? AND [lease_until] >= ?");
    }

    /** What the database's time means, in microseconds since 1970. */
    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
