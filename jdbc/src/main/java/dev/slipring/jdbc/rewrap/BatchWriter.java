package dev.slipring.jdbc.rewrap;

import dev.slipring.jdbc.sql.Database;
import dev.slipring.jdbc.sql.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Writes a batch and the place behind it in one transaction. */
final class BatchWriter {
    private final Database database;
    private final Target target;
    private final Cursor cursor;

    BatchWriter(Database database, Target target, Cursor cursor) {
        this.database = database;
        this.target = target;
        this.cursor = cursor;
    }

    /**
     * Writes what became of the rows behind {@code from}; no rows are the end of the table.
     *
     * @return where the pass is now; empty if another runner has moved on meanwhile, and nothing was written
     */
    Optional<Cursor.Place> write(Cursor.Place from, List<Target.Row> rows, List<CellRewrap.Outcome> outcomes) {
        return database.call("rewrap a batch of " + target, work -> {
            if (!cursor.claim(work, from)) {
                work.giveUp();
                return Optional.empty();
            }
            RewrapProgress progress = from.progress();
            for (int i = 0; i < rows.size(); i++) {
                progress = written(work, rows.get(i), outcomes.get(i), progress);
            }
            return Optional.of(
                    rows.isEmpty()
                            ? cursor.move(work, from, from.position(), progress.atTheEnd())
                            : cursor.move(work, from, rows.get(rows.size() - 1).key(), progress));
        });
    }

    private RewrapProgress written(
            Transaction work, Target.Row row, CellRewrap.Outcome outcome, RewrapProgress progress) throws SQLException {
        if (outcome instanceof CellRewrap.Changed changed) {
            return target.replace(work, row, changed.bytes()) ? progress.plus(1, 0, 0, 0) : progress.plus(0, 0, 0, 1);
        } else if (outcome instanceof CellRewrap.Refused refused) {
            cursor.quarantine(work, row.key(), refused.reason());
            return progress.plus(0, 0, 1, 0);
        }
        return progress.plus(0, 1, 0, 0);
    }
}
