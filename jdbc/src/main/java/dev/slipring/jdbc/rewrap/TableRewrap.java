package dev.slipring.jdbc.rewrap;

import dev.slipring.jdbc.sql.Database;
import dev.slipring.keyring.Ticker;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves one column of a table, of bytes or of text, from old key versions to the primary one while the application
 * runs.
 *
 * <p>It goes over the rows in the order of their primary key, of one column or several, in small batches. A batch is
 * read, moved by the {@link CellRewrap}, and written in one transaction together with the place that the pass has come
 * to: a process that is killed loses at most its batch, and the next run goes on there. A cell is written only if it
 * still has the bytes it was read with, in a row whose context still says the same, so what the application writes
 * meanwhile is never overwritten; NULL is skipped. Several runners of one name share a pass: of two that do the same
 * batch, one writes.
 *
 * <p>One pass does not prove that nothing is left: a replica whose view was old may have written behind it. A census
 * that begins after the old version retired does: {@link #forEach} gives it every cell. Run passes until it says zero.
 *
 * <p>The {@code DataSource} must lead to the database that takes the writes, and must not hand out the caller's own
 * transaction; its autocommit and isolation do not matter. A run needs SELECT and UPDATE on the table, SELECT, INSERT
 * and UPDATE on a table of its own, {@code slipring_rewrap}, and SELECT, INSERT and DELETE on another,
 * {@code slipring_rewrap_quarantine}. For MySQL the SQL is the same as for MariaDB, and has not been tried on a server.
 * {@link #stop} may be called by any thread; the rest is for one thread at a time.
 */
public final class TableRewrap {
    private static final Logger LOG = LoggerFactory.getLogger(TableRewrap.class);

    private final Database database;
    private final Target target;
    private final Cursor cursor;
    private final BatchWriter batches;
    private final CellRewrap rewrap;
    private final Consumer<RewrapProgress> listener;
    private final Ticker ticker;
    private final Waiting waiting;
    private final Pace pace;
    private final boolean createTables;
    private volatile boolean stopped;

    private TableRewrap(Builder builder) {
        database = builder.database.build();
        target = Target.of(database, builder.table, builder.column, builder.context);
        cursor = new Cursor(database, builder.name);
        batches = new BatchWriter(database, target, cursor);
        rewrap = builder.rewrap;
        listener = builder.listener;
        ticker = builder.ticker;
        waiting = builder.waiting;
        pace = new Pace(ticker, builder.batch, builder.rowsPerSecond, builder.slow);
        createTables = builder.createTables;
    }

    /**
     * A move of {@code column}, for a table that has a primary key.
     *
     * @param dataSource leads to the database that takes the writes; stays the caller's
     * @param name under which runs go on where others ended, 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @throws IllegalArgumentException if {@code name} has another form
     */
    public static Builder builder(DataSource dataSource, String name) {
        return new Builder(dataSource, name);
    }

    /** Lets a thread wait. */
    @FunctionalInterface
    interface Waiting {
        void nanos(long nanos) throws InterruptedException;
    }

    /**
     * Goes on with the pass under way, or begins one if there is none or the last has come to its end, until the end
     * of the table, {@link #stop} or an interrupt of this thread, which stays set.
     *
     * @return how far the pass is
     * @throws IllegalStateException if the name belongs to another column
     * @throws dev.slipring.store.StoreUnavailableException if the database failed: the batch was written as a whole or
     *     not at all, and another run goes on
     */
    public RewrapProgress run() {
        stopped = false;
        if (createTables) {
            database.create(Cursor.TABLES);
        } else {
            database.check(Cursor.TABLES);
        }
        Cursor.Place place = begun();
        if (place.progress().finished()) {
            cursor.restart(place, target.count());
            place = present();
        }
        while (!place.progress().finished() && !stopped) {
            pace.begin();
            Cursor.Place from = place;
            List<Target.Row> rows = timed(() -> target.page(from.position(), pace.batch()));
            List<CellRewrap.Outcome> outcomes =
                    rows.stream().map(row -> rewrap.rewrap(row.cell())).toList();
            Optional<Cursor.Place> next = timed(() -> batches.write(from, rows, outcomes));
            next.ifPresent(moved -> tell(moved.progress()));
            place = next.orElseGet(this::present); // another runner was first
            pause(pace.end(rows.size()));
        }
        return place.progress();
    }

    private Cursor.Place begun() {
        if (cursor.read().isEmpty()) {
            cursor.create(target.toString(), target.count());
        }
        Cursor.Place place = present();
        if (!place.target().equals(target.toString())) {
            throw new IllegalStateException("this name stands for " + place.target() + ", not for " + target);
        }
        return place;
    }

    private Cursor.Place present() {
        return cursor.read().orElseThrow(() -> new IllegalStateException("somebody deleted where the pass is"));
    }

    private <T> T timed(Supplier<T> work) {
        long began = ticker.nanos();
        T result = work.get();
        pace.took(ticker.nanos() - began);
        return result;
    }

    private void tell(RewrapProgress progress) {
        try {
            listener.accept(progress);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("a listener to the rewrap of {} failed", target);
        }
    }

    private void pause(long nanos) {
        try {
            if (nanos > 0) {
                waiting.nanos(nanos);
            }
            stopped |= Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    /** Lets the run under way return after its batch. */
    public void stop() {
        stopped = true;
    }

    /**
     * Says what a pass over the whole table would do, and writes nothing.
     *
     * @throws dev.slipring.store.StoreUnavailableException if the database failed
     */
    public RewrapProgress dryRun() {
        RewrapProgress[] progress = {RewrapProgress.begin(target.count())};
        forEachRow(row -> {
            CellRewrap.Outcome outcome = rewrap.rewrap(row.cell());
            progress[0] = progress[0].plus(
                    outcome instanceof CellRewrap.Changed ? 1 : 0,
                    outcome instanceof CellRewrap.Unchanged ? 1 : 0,
                    outcome instanceof CellRewrap.Refused ? 1 : 0,
                    0);
        });
        return progress[0].atTheEnd();
    }

    /**
     * Counts the cells by what {@code classifier} says of each, such as the key version that its header names. What a
     * header says is a claim: what lets a version be destroyed is a census that checks, fed by {@link #forEach}.
     *
     * @throws dev.slipring.store.StoreUnavailableException if the database failed
     */
    public Map<String, Long> census(Function<byte[], String> classifier) {
        Map<String, Long> counts = new TreeMap<>();
        forEach(bytes -> counts.merge(classifier.apply(bytes), 1L, Long::sum));
        return counts;
    }

    /**
     * Gives every cell to {@code cells}, text in UTF-8, at the pace of a run. One that is written meanwhile may be
     * given or not; one that stays is. Those that were set aside are among them.
     *
     * @throws dev.slipring.store.StoreUnavailableException if the database failed, so that not all were given
     */
    public void forEach(Consumer<byte[]> cells) {
        forEachRow(row -> cells.accept(row.cell().bytes()));
    }

    private void forEachRow(Consumer<Target.Row> rows) {
        RowKey position = null;
        while (true) {
            pace.begin();
            RowKey from = position;
            List<Target.Row> page = timed(() -> target.page(from, pace.batch()));
            if (page.isEmpty()) {
                return;
            }
            page.forEach(rows);
            position = page.get(page.size() - 1).key();
            pause(pace.end(page.size()));
        }
    }

    /**
     * The rows that were set aside in the pass under way, or in the last one; the next pass tries them again.
     *
     * @throws dev.slipring.store.StoreUnavailableException if the database failed
     */
    public List<Quarantined> quarantined() {
        return cursor.quarantined();
    }

    @Override
    public String toString() {
        return "TableRewrap[" + target + "]";
    }

    /** Collects what a {@link TableRewrap} is made of. Not thread-safe. */
    public static final class Builder {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
        private static final int LARGEST_BATCH = 10_000;

        private final Database.Builder database;
        private final String name;
        private String table = "";
        private String column = "";
        private final Set<String> context = new LinkedHashSet<>();
        private CellRewrap rewrap = cell -> new CellRewrap.Unchanged();
        private Consumer<RewrapProgress> listener = progress -> {};
        private int batch = 200;
        private double rowsPerSecond = 1000;
        private Duration slow = Duration.ofMillis(250);
        private boolean createTables;
        private Ticker ticker = Ticker.system();
        private Waiting waiting = TimeUnit.NANOSECONDS::sleep;

        private Builder(DataSource dataSource, String name) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("the name of a rewrap is 1 to 64 of A-Z a-z 0-9 . _ -");
            }
            database = Database.builder(dataSource).timeout(Duration.ofMinutes(1));
            this.name = name;
        }

        /** The column, and its table as the database spells it; both are quoted. Required. */
        public Builder column(String ofTable, String value) {
            table = ofTable;
            column = value;
            return this;
        }

        /** What becomes of each cell; without it there is only a census to be had. */
        public Builder rewrap(CellRewrap value) {
            rewrap = Objects.requireNonNull(value, "rewrap");
            return this;
        }

        /**
         * The columns that the cell's content depends on beside the primary key, for a re-encryption. A cell whose row
         * says something else by now is left to the next pass.
         */
        public Builder context(String... columns) {
            context.addAll(List.of(columns));
            return this;
        }

        /** Told after each batch, by the running thread; what it throws is logged. */
        public Builder listener(Consumer<RewrapProgress> value) {
            listener = Objects.requireNonNull(value, "listener");
            return this;
        }

        /**
         * How many rows a batch has at most, which are locked while it is written; 200 unless told.
         *
         * @throws IllegalArgumentException if it is not in 1 to 10 000
         */
        public Builder batch(int rows) {
            if (rows < 1 || rows > LARGEST_BATCH) {
                throw new IllegalArgumentException("a batch of " + rows + " rows is not in 1.." + LARGEST_BATCH);
            }
            batch = rows;
            return this;
        }

        /**
         * How many rows are looked at in a second at most; 1000 unless told.
         *
         * @throws IllegalArgumentException if it is not above 0
         */
        public Builder rowsPerSecond(double rows) {
            if (!(rows > 0)) {
                throw new IllegalArgumentException("a rate of " + rows + " rows per second is not above 0");
            }
            rowsPerSecond = rows;
            return this;
        }

        /**
         * What the database may take for a batch; 250 ms unless told. While it takes longer, batches become smaller and
         * the pauses between them as long as they.
         *
         * @throws IllegalArgumentException if it is not above 0
         */
        public Builder slowBatch(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("the time " + value + " for a batch is not above 0");
            }
            slow = value;
            return this;
        }

        /** The schema of the table and of our own; the one that connections begin in unless told. */
        public Builder schema(String value) {
            database.schema(value);
            return this;
        }

        /** What the names of our own tables begin with; {@code slipring_} unless told. */
        public Builder prefix(String value) {
            database.prefix(value);
            return this;
        }

        /** Lets our own tables be made if they are missing, which takes the right to. Otherwise they must be there. */
        public Builder createTables() {
            createTables = true;
            return this;
        }

        Builder time(Ticker clock, Waiting wait) {
            ticker = clock;
            waiting = wait;
            return this;
        }

        /**
         * The statements that make our own tables in this database, for whoever may.
         *
         * @throws dev.slipring.store.StoreUnavailableException if the database does not answer or is not a known one
         */
        public String schemaSql() {
            return database.build().sql(Cursor.TABLES);
        }

        /**
         * The rewrap, after a look at the table.
         *
         * @throws IllegalArgumentException if the table is not there or has no primary key, or a column is of a type
         *     that cannot be moved, or not be compared exactly
         * @throws dev.slipring.store.StoreUnavailableException if the database does not answer, is not a known one, or
         *     knows no such column
         */
        public TableRewrap build() {
            return new TableRewrap(this);
        }
    }
}
