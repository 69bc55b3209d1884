package dev.slipring.jdbc.store;

import static dev.slipring.jdbc.sql.Transaction.parameters;

import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Transaction;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.store.ReplicaReportFormat;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last report of each replica, in rows that are used again once their replica is gone. */
final class StoredReports {
    /** How long after its lease a report is still shown. */
    private static final Duration GONE = Duration.ofDays(1);

    private final Database database;
    private final SecretTables tables;
    private final @Nullable InstantSource clock;

    StoredReports(Database database, SecretTables tables, @Nullable InstantSource clock) {
        this.database = database;
        this.tables = tables;
        this.clock = clock;
    }

    void keep(SecretName secret, ReplicaReport report) {
        String name = secret.value();
        String replica = report.replica();
        String text = AsciiJson.of(ReplicaReportFormat.print(report));
        long lease = report.leaseUntil().toEpochMilli();
        database.call("keep a report on secret " + secret, work -> {
            if (work.update(tables.report, parameters(lease, text, name, replica)) == 1) {
                return true;
            }
            long gone = goneBefore(work);
            List<String> free = work.query(tables.gone, parameters(name, gone), row -> row.getString(1));
            boolean taken = !free.isEmpty()
                    && work.update(tables.takeOver, parameters(replica, lease, text, name, free.get(0), gone)) == 1;
            // a row that is there already, with just this report, is what was wanted
            return taken || work.insert(tables.addReport, parameters(name, replica, lease, text));
        });
    }

    List<ReplicaReport> all(SecretName secret) {
        String place = "on secret " + secret + " in " + database;
        return database
                .call(
                        "read the reports " + place,
                        work -> work.query(
                                tables.reports, parameters(secret.value(), goneBefore(work)), row -> row.getString(1)))
                .stream()
                .map(text -> ReplicaReportFormat.parse(text, place))
                .toList();
    }

    private long goneBefore(Transaction work) throws SQLException {
        Instant now = clock == null
                ? work.query(tables.now, parameters(), row -> SecretTables.instant(row.getLong(1)))
                        .get(0)
                : clock.instant();
        return now.minus(GONE).toEpochMilli();
    }
}
