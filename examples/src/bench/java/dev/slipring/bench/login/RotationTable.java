package dev.slipring.bench.login;

import dev.slipring.bench.login.Column.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What the columns showed, as text. */
final class RotationTable {
    private final List<Column> columns;
    private final int rounds;

    RotationTable(List<Column> columns, int rounds) {
        this.columns = columns;
        this.rounds = rounds;
    }

    String text() {
        TextTable table =
                new TextTable("", "limit", columns.stream().map(Column::name).toList());
        for (double percentile : new double[] {99, 99.9}) {
            String limit = percentile == 99 ? "1.5" : "2.0";
            String label = "p" + (percentile == 99 ? "99" : "99.9");
            row(table, "checkout " + label + ", ratio", limit, c -> ratio(c, r -> r.checkoutRatio(percentile)));
            row(table, "  least to most", "", c -> range(c, r -> r.checkoutRatio(percentile)));
            row(table, "  without, with rotation, ms", "", c -> millis(c, percentile, true));
            row(table, "transaction " + label + ", ratio", limit, c -> ratio(c, r -> r.transactionRatio(percentile)));
            row(table, "  least to most", "", c -> range(c, r -> r.transactionRatio(percentile)));
            row(table, "  without, with rotation, ms", "", c -> millis(c, percentile, false));
        }
        row(table, "longest checkout, ms", "", c -> longest(c));
        row(table, "peak connections", "11", c -> whole(c.range(Round::peak)[1]));
        row(table, "  sessions at the server", "", c -> whole(c.range(Round::sampledPeak)[1]));
        row(table, "failed checkouts", "0", c -> whole(c.sum(r -> r.rotating().failedCheckouts())));
        row(
                table,
                "killed transactions",
                "0",
                c -> whole(c.sum(r -> r.rotating().killedTransactions())));
        row(table, "failed logins at the server", "0", c -> whole(c.sum(Round::failedLogins)));
        row(table, "old sessions at revocation", "0", c -> whole(c.range(Round::left)[1]));
        row(table, "old login free after, ms", "", c -> free(c));
        row(
                table,
                "checkouts while rotating",
                "",
                c -> whole(c.sum(r -> r.rotating().checkouts().getTotalCount())));
        return notes() + "\n" + table.text();
    }

    private String notes() {
        return String.format(
                Locale.ROOT,
                """
                ROTATION UNDER LOAD
                Pool of %d, %d threads; each runs one transaction after the other: a write, then pg_sleep(0.005).
                %d rounds in turn (all columns, then all again). In each a column has a new pool, 1 s of warm-up, and
                then %d s without and %d s with rotation, in turns which is first. A rotation every %d s: the next of
                two alternating logins is installed and announced, promoted %d ms later; the old one is revoked
                (NOLOGIN) when it is free, or %d ms after the promotion by those who cannot tell. Ratios are medians
                over the rounds. A checkout is getConnection() alone; a transaction begins with it and ends with
                close(). The load is a closed loop: a stall counts once for each waiting thread, not for each request
                that would have come (coordinated omission), which flatters the columns that stall. Connections are
                counted at the client's sockets, and at the server by pg_stat_activity every 2 ms, where a session
                ends some moments after its socket. The AWS driver learns of a new login when a new connection is
                refused, which nothing brings about in this time: its pool simply keeps the old sessions. "Evicting"
                evicts them when the old login is revoked.
                """,
                Contender.POOL,
                WorkLoad.THREADS,
                rounds,
                Column.SEGMENT.toSeconds(),
                Column.SEGMENT.toSeconds(),
                Column.PERIOD.toSeconds(),
                Column.NOTICE.toMillis(),
                Column.GRACE.toMillis());
    }

    private void row(TextTable table, String label, String limit, Function<Column, String> cell) {
        List<String> cells = new ArrayList<>();
        columns.forEach(column -> cells.add(cell.apply(column)));
        table.row(label, limit, cells);
    }

    private static String ratio(Column column, ToDoubleFunction<Round> what) {
        return short2(column.median(what));
    }

    private static String range(Column column, ToDoubleFunction<Round> what) {
        double[] range = column.range(what);
        return short2(range[0]) + " - " + short2(range[1]);
    }

    private static String millis(Column column, double percentile, boolean checkouts) {
        double still = column.median(
                r -> (checkouts ? r.still().checkouts() : r.still().transactions()).getValueAtPercentile(percentile));
        double rotating = column.median(r ->
                (checkouts ? r.rotating().checkouts() : r.rotating().transactions()).getValueAtPercentile(percentile));
        return short2(still / 1e6) + ", " + short2(rotating / 1e6);
    }

    private static String longest(Column column) {
        double longest = column.range(r -> r.rotating().checkouts().getMaxValue())[1];
        return whole(longest / 1e6);
    }

    private static String free(Column column) {
        double free = column.median(Round::freeMillis);
        return Double.isInfinite(free) ? "never" : whole(free);
    }

    private static String short2(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
