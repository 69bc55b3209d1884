package dev.slipring.jdbc.rewrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.jdbc.TestDatabase;
import dev.slipring.jdbc.WatchedDataSource;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.testing.ManualClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The move of a column, on each kind of server. */
@Timeout(300)
class TableRewrapTest {
    private TestDatabase database;

    @AfterEach
    void dropTables() throws SQLException {
        if (database != null) {
            database.close();
        }
    }

    private Notes notes(TestDatabase.Server server) throws SQLException {
        database = TestDatabase.on(server);
        return new Notes(database);
    }

    private static RewrapProgress finished(int total, int changed, int unchanged, int refused, int overtaken) {
        return RewrapProgress.begin(total)
                .plus(changed, unchanged, refused, overtaken)
                .atTheEnd();
    }

    // ---- a pass

    @ParameterizedTest
    @EnumSource
    void run_cellsOfEveryKind_movesSkipsAndSetsAside(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        List<String> bodies = new ArrayList<>();
        Collections.addAll(bodies, "1:a", "2:b", "9:c", null, "", "1:d", "1:", "2:e", "1:f");
        for (int i = 0; i < bodies.size(); i++) {
            notes.insert(i, bodies.get(i));
        }
        List<RewrapProgress> told = new ArrayList<>();
        TableRewrap rewrap = notes.rewrap().batch(2).listener(told::add).build();

        assertThat(rewrap.census(Versions::version)).isEqualTo(Map.of("1", 4L, "2", 2L, "9", 1L, "", 1L));
        assertThat(rewrap.dryRun()).isEqualTo(finished(8, 4, 2, 2, 0));
        assertThat(notes.bodies()).isEqualTo(bodies);
        assertThat(rewrap.run()).isEqualTo(finished(8, 4, 2, 2, 0));

        Collections.replaceAll(bodies, "1:a", "2:a");
        Collections.replaceAll(bodies, "1:d", "2:d");
        Collections.replaceAll(bodies, "1:", "2:");
        Collections.replaceAll(bodies, "1:f", "2:f");
        assertThat(notes.bodies()).isEqualTo(bodies);
        assertThat(rewrap.census(Versions::version)).isEqualTo(Map.of("2", 6L, "9", 1L, "", 1L));
        assertThat(told).hasSize(5).endsWith(finished(8, 4, 2, 2, 0));
        assertThat(told.get(0).seen()).isEqualTo(2);
        assertThat(rewrap.quarantined())
                .containsExactlyInAnyOrder(
                        new Quarantined(List.of("2"), "of no known version"),
                        new Quarantined(List.of("4"), "of no known version"));

        notes.set(2, "body", "1:healed");
        assertThat(rewrap.run()).isEqualTo(finished(8, 1, 6, 1, 0));
        assertThat(rewrap.quarantined()).containsExactly(new Quarantined(List.of("4"), "of no known version"));
    }

    @ParameterizedTest
    @EnumSource
    void dryRunAndCensus_withoutTablesOfOurs_work(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.insert(1, "1:a");
        TableRewrap rewrap = TableRewrap.builder(database.dataSource(), "to-2")
                .column("notes", "body")
                .rewrap(Versions::toTwo)
                .build();
        assertThat(rewrap.dryRun()).isEqualTo(finished(1, 1, 0, 0, 0));
        assertThat(rewrap.census(Versions::version)).isEqualTo(Map.of("1", 1L));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(rewrap::run)
                .withMessageContaining("slipring_rewrap");
        database.execute(
                TableRewrap.builder(database.dataSource(), "x").schemaSql().split(";\n"));
        assertThat(rewrap.run()).isEqualTo(finished(1, 1, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void run_stoppedOrInterrupted_goesOnWhereItEnded(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.insertMany(10);
        TableRewrap[] rewrap = new TableRewrap[1];
        rewrap[0] =
                notes.rewrap().batch(3).listener(progress -> rewrap[0].stop()).build();
        assertThat(rewrap[0].run().seen()).isEqualTo(3);
        TableRewrap interrupted = notes.rewrap()
                .batch(3)
                .listener(progress -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("a listener fails");
                })
                .build();
        assertThat(interrupted.run().seen()).isEqualTo(6);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(notes.bodies().stream().filter(body -> body.startsWith("2:")))
                .hasSize(6);
        assertThat(notes.rewrap().build().run()).isEqualTo(finished(10, 10, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void run_keysOutOfReach_writesNothingOfTheBatch(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.insertMany(4);
        TableRewrap failing = notes.rewrap()
                .rewrap(cell -> {
                    if (cell.text("id").equals("3")) {
                        throw new IllegalStateException("no keys now");
                    }
                    return Versions.toTwo(cell);
                })
                .batch(2)
                .build();
        assertThatIllegalStateException().isThrownBy(failing::run).withMessage("no keys now");
        assertThat(notes.bodies()).containsExactly("2:note 1", "2:note 2", "1:note 3", "1:note 4");
        assertThat(notes.rewrap().build().run()).isEqualTo(finished(4, 4, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void run_aNameOfAnotherColumn_isRefused(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.rewrap().build().run();
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> notes.rewrap().column("notes", "owner").build().run())
                .withMessageContaining("body of ");
    }

    // ---- what the application does meanwhile

    @ParameterizedTest
    @EnumSource
    void run_applicationWritesMeanwhile_isNeverOverwritten(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.insertMany(5);
        TableRewrap rewrap = notes.rewrap()
                .context("owner")
                .rewrap(cell -> {
                    switch (String.valueOf(cell.text("id"))) {
                        case "1" -> notes.set(1, "body", "1:of the application");
                        case "2" -> notes.delete(2);
                        case "3" -> notes.set(3, "owner", "Anna");
                        case "4" -> notes.set(4, "owner", "anna");
                        default -> {}
                    }
                    return Versions.toTwo(cell);
                })
                .build();
        assertThat(rewrap.run()).isEqualTo(finished(5, 2, 0, 0, 3));
        assertThat(notes.bodies()).containsExactly("1:of the application", "1:note 3", "2:note 4", "2:note 5");
        assertThat(notes.rewrap().build().run()).isEqualTo(finished(4, 2, 2, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void run_textThatACollationTakesForEqual_isNotOverwritten(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        String table = notes.name("words");
        database.execute("CREATE TABLE " + table + " (" + notes.name("id") + " INT PRIMARY KEY, " + notes.name("body")
                + " VARCHAR(100))");
        for (int id = 1; id <= 3; id++) {
            database.execute("INSERT INTO " + table + " VALUES (" + id + ", '1:wörd\uD83D\uDD11')");
        }
        TableRewrap rewrap = notes.rewrap()
                .column("words", "body")
                .rewrap(cell -> {
                    try {
                        switch (String.valueOf(cell.text("id"))) {
                            case "1" ->
                                database.execute("UPDATE " + table + " SET " + notes.name("body")
                                        + " = '1:WÖRD\uD83D\uDD11' WHERE " + notes.name("id") + " = 1");
                            case "2" ->
                                database.execute("UPDATE " + table + " SET " + notes.name("body")
                                        + " = '1:wörd\uD83D\uDD11 ' WHERE " + notes.name("id") + " = 2");
                            default -> {}
                        }
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    return Versions.toTwo(cell);
                })
                .build();
        assertThat(rewrap.run()).isEqualTo(finished(3, 1, 0, 0, 2));
        assertThat(rewrap.census(Versions::text))
                .isEqualTo(Map.of("1:WÖRD\uD83D\uDD11", 1L, "1:wörd\uD83D\uDD11 ", 1L, "2:wörd\uD83D\uDD11", 1L));
    }

    @ParameterizedTest
    @EnumSource
    void run_contextOfManyTypes_isGivenAndCompared(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        String binary = server == TestDatabase.Server.POSTGRES ? "BYTEA" : "VARBINARY(9)";
        database.execute("CREATE TABLE " + notes.name("rich") + " ("
                + Stream.of(
                                "id BIGINT PRIMARY KEY",
                                "body VARCHAR(100)",
                                "n NUMERIC(30,10)",
                                "t TIMESTAMP(6)",
                                "d DATE",
                                "c CHAR(5)",
                                "b " + binary,
                                "x VARCHAR(9)")
                        .map(column -> notes.name(column.split(" ")[0]) + column.substring(column.indexOf(' ')))
                        .reduce((a, b) -> a + ", " + b)
                        .orElseThrow()
                        .replace("TIMESTAMP(6)", server == TestDatabase.Server.MARIADB ? "DATETIME(6)" : "TIMESTAMP(6)")
                + ")");
        String insert = "INSERT INTO " + notes.name("rich") + " VALUES (?, '1:a', 12345678901234567890.0123456789,"
                + " '2030-01-02 03:04:05.123456', '2030-01-02', 'ab', ?, NULL)";
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setLong(1, 9_007_199_254_740_993L);
            statement.setBytes(2, new byte[] {0, -1});
            statement.executeUpdate();
        }
        TableRewrap rewrap = notes.rewrap()
                .column("rich", "body")
                .context("n", "t", "d", "c", "b", "x")
                .rewrap(cell -> {
                    assertThat(cell.text("id")).isEqualTo("9007199254740993");
                    assertThat(cell.text("n")).isEqualTo("12345678901234567890.0123456789");
                    assertThat(cell.text("d")).isEqualTo("2030-01-02");
                    assertThat(cell.bytes("b")).isEqualTo(new byte[] {0, -1});
                    assertThat(cell.text("x")).isNull();
                    assertThatIllegalArgumentException().isThrownBy(() -> cell.text("b"));
                    assertThatIllegalArgumentException().isThrownBy(() -> cell.bytes("x"));
                    assertThatIllegalArgumentException().isThrownBy(() -> cell.text("body"));
                    return Versions.toTwo(cell);
                })
                .build();
        assertThat(rewrap.run()).isEqualTo(finished(1, 1, 0, 0, 0));
    }

    // ---- keys

    @ParameterizedTest
    @EnumSource
    void run_keysOfManyTypes_passesEachRowOnce(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        String binary = server == TestDatabase.Server.POSTGRES ? "BYTEA" : "VARBINARY(9)";
        List<String> words =
                List.of("a", "B", "c", "Z", "ñ", "e", "F", "ß", "x y", "x,y", "x%2Cy", "", "~", "Ω", "\uD83D\uDD11");
        keyed(
                notes,
                "k VARCHAR(20)",
                words.stream().map(word -> "'" + word + "'").toList());
        keyed(notes, "k CHAR(5)", List.of("'a'", "'b'", "'ab'", "'B2'", "'c'"));
        keyed(notes, "k NUMERIC(30,5)", List.of("-1", "0.5", "9007199254740993.00001", "9007199254740993.00002", "3"));
        keyed(
                notes,
                "k BIGINT",
                List.of("9007199254740992", "9007199254740993", "9007199254740994", "-9007199254740993"));
        keyed(notes, "k DATE", List.of("'2030-01-01'", "'1999-12-31'", "'2030-01-02'"));
        String prefix = server == TestDatabase.Server.POSTGRES ? "'\\x" : "X'";
        keyed(
                notes,
                "k " + binary,
                Stream.of("00", "ff", "7f", "80", "00ff")
                        .map(hex -> prefix + hex + "'")
                        .toList());
        if (server != TestDatabase.Server.MARIADB) {
            keyed(
                    notes,
                    "k UUID",
                    Stream.of(
                                    "00000000-0000-0000-0000-000000000001",
                                    "ffffffff-0000-0000-0000-000000000001",
                                    "80000000-0000-0000-0000-000000000000")
                            .map(uuid -> "'" + uuid + "'")
                            .toList());
        }
    }

    /** One table with the key alone, and one in which it stands between two other columns of the key. */
    private void keyed(Notes notes, String column, List<String> literals) throws SQLException {
        String k = notes.name("k");
        String type = column.substring(2);
        database.execute("CREATE TABLE " + notes.name("keyed") + " (" + notes.name("body") + " VARCHAR(99), " + k + " "
                + type + ", PRIMARY KEY (" + k + "))");
        database.execute("CREATE TABLE " + notes.name("threefold") + " (" + notes.name("z") + " INT, "
                + notes.name("body") + " VARCHAR(99), " + k + " " + type + ", " + notes.name("a")
                + " VARCHAR(9), PRIMARY KEY (" + notes.name("z") + ", " + k + ", " + notes.name("a") + "))");
        int rows = 0;
        for (String literal : literals) {
            database.execute("INSERT INTO " + notes.name("keyed") + " VALUES ('1:" + rows + "', " + literal + ")");
            for (int z = 0; z < 2; z++) {
                for (String a : List.of("x", "Y")) {
                    database.execute("INSERT INTO " + notes.name("threefold") + " VALUES (" + z + ", '1:" + rows + "', "
                            + literal + ", '" + a + "')");
                }
            }
            rows++;
        }
        for (int batch = 1; batch <= 3; batch++) {
            assertThat(notes.rewrap()
                            .column("keyed", "body")
                            .batch(batch)
                            .build()
                            .dryRun())
                    .as(column)
                    .isEqualTo(finished(rows, rows, 0, 0, 0));
            assertThat(notes.rewrap()
                            .column("threefold", "body")
                            .batch(batch)
                            .build()
                            .dryRun())
                    .as(column)
                    .isEqualTo(finished(4 * rows, 4 * rows, 0, 0, 0));
        }
        assertThat(TableRewrap.builder(database.dataSource(), "keyed-" + Math.abs(column.hashCode()))
                        .column("threefold", "body")
                        .rewrap(Versions::toTwo)
                        .rowsPerSecond(1e9)
                        .batch(3)
                        .createTables()
                        .build()
                        .run())
                .as(column)
                .isEqualTo(finished(4 * rows, 4 * rows, 0, 0, 0));
        database.execute("DROP TABLE " + notes.name("keyed"), "DROP TABLE " + notes.name("threefold"));
    }

    @ParameterizedTest
    @EnumSource
    void build_tableThatCannotBePassed_isRefused(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        database.execute("CREATE TABLE " + notes.name("bare") + " (" + notes.name("body") + " VARCHAR(9))");
        database.execute("CREATE TABLE " + notes.name("padded") + " (" + notes.name("id") + " INT PRIMARY KEY, "
                + notes.name("body") + " CHAR(9))");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notes.rewrap().column("bare", "body").build())
                .withMessageContaining("has no primary key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notes.rewrap().column("none", "body").build())
                .withMessageContaining("is not there");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notes.rewrap().column("padded", "body").build())
                .withMessageContaining("holds neither bytes nor unpadded text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notes.rewrap().column("notes", "id").build())
                .withMessageContaining("in the primary key");
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> notes.rewrap().context("none").build());
        if (server != TestDatabase.Server.POSTGRES) {
            database.execute("CREATE TABLE " + notes.name("float") + " (" + notes.name("id") + " DOUBLE PRIMARY KEY, "
                    + notes.name("body") + " VARCHAR(9))");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> notes.rewrap().column("float", "body").build())
                    .withMessageContaining("not compared exactly");
        }
    }

    // ---- failures and company

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "H2", "MARIADB"})
    void run_connectionBreaksAtAnyCall_movesEachCellOnce(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.insertMany(2);
        notes.insert(3, "9:poison");
        notes.rewrap().build().run();
        WatchedDataSource.Breaker breaker = new WatchedDataSource.Breaker();
        int step = server == TestDatabase.Server.H2 ? 1 : 7; // odd, so that it comes before some calls and after others
        for (int call = 1; ; call += step) {
            notes.set(1, "body", "1:note 1");
            notes.set(2, "body", "1:note 2");
            breaker.breakAt(0);
            TableRewrap rewrap = TableRewrap.builder(
                            WatchedDataSource.around(database.dataSource(), breaker), "break-" + call)
                    .column("notes", "body")
                    .rewrap(Versions::toTwo)
                    .rowsPerSecond(1e9)
                    .batch(2)
                    .build();
            breaker.breakAt(call);
            RewrapProgress progress = brokenOnce(rewrap, notes);
            boolean broken = breaker.hasBroken();
            breaker.breakAt(0);
            assertThat(progress).as("broken at call %s", call).isEqualTo(finished(3, 2, 0, 1, 0));
            assertThat(rewrap.quarantined()).hasSize(1);
            assertThat(notes.bodies()).containsExactly("2:note 1", "2:note 2", "9:poison");
            if (!broken) {
                assertThat(call).isGreaterThan(100);
                return;
            }
        }
    }

    /** What the first pass did, in a run or in two. */
    private RewrapProgress brokenOnce(TableRewrap rewrap, Notes notes) throws SQLException {
        try {
            return rewrap.run();
        } catch (StoreUnavailableException e) {
            boolean moved = notes.bodies().get(1).startsWith("2:");
            RewrapProgress progress = rewrap.run();
            // where the reply to the last commit was lost, that was another pass
            return moved && progress.unchanged() == 2 ? finished(3, 2, 0, 1, 0) : progress;
        }
    }

    @ParameterizedTest
    @EnumSource
    void run_byFourRunnersAtOnce_movesEachCellOnce(TestDatabase.Server server) throws Exception {
        Notes notes = notes(server);
        notes.insertMany(200);
        notes.rewrap().build().dryRun();
        CyclicBarrier barrier = new CyclicBarrier(4);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<RewrapProgress>> runs = new ArrayList<>();
            for (int runner = 0; runner < 4; runner++) {
                runs.add(pool.submit(() -> {
                    TableRewrap rewrap = notes.rewrap().batch(7).build();
                    barrier.await();
                    return rewrap.run();
                }));
            }
            long most = 0;
            for (Future<RewrapProgress> run : runs) {
                RewrapProgress progress = run.get();
                assertThat(progress.finished()).isTrue();
                assertThat(progress.overtaken()).isZero();
                assertThat(progress.seen()).isEqualTo(200);
                most = Math.max(most, progress.changed());
            }
            assertThat(most).isEqualTo(200);
        } finally {
            pool.shutdownNow();
        }
        assertThat(notes.bodies()).hasSize(200).allMatch(body -> body.startsWith("2:note "));
    }

    // ---- pace

    @ParameterizedTest
    @EnumSource(names = "H2")
    void run_rateAndSlowDatabase_waitsAndShrinks(TestDatabase.Server server) throws SQLException {
        Notes notes = notes(server);
        notes.insertMany(20);
        ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        List<Long> waits = new ArrayList<>();
        notes.rewrap()
                .batch(5)
                .rowsPerSecond(10)
                .time(clock, nanos -> {
                    waits.add(nanos);
                    clock.advance(Duration.ofNanos(nanos));
                })
                .build()
                .run();
        assertThat(waits).containsExactly(500_000_000L, 500_000_000L, 500_000_000L, 500_000_000L);
    }
}
