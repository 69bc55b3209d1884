package dev.slipring.jdbc.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.contract.Records;
import dev.slipring.jdbc.ConnectingDataSource;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.jdbc.WatchedDataSource;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.SealedSecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.store.WriteWindow;
import dev.slipring.testing.ManualClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a database adds to the contract, on each kind of server. */
class JdbcSecretStoreTest {
    private final ManualClock clock = ManualClock.at(Records.START);
    private TestDatabase database;

    @AfterEach
    void dropTables() throws SQLException {
        if (database != null) {
            database.close();
        }
    }

    private JdbcSecretStore store(TestDatabase.Server server) throws SQLException {
        database = TestDatabase.on(server);
        return on(database.dataSource());
    }

    private JdbcSecretStore on(DataSource source) {
        return JdbcSecretStore.builder(source).clock(clock).createTables().unsealed("a test");
    }

    private WriteWindow window() {
        return WriteWindow.open(clock, Duration.ofSeconds(5));
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }

    private String asked(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private String table(String name) {
        return database.server() == TestDatabase.Server.MARIADB ? "`" + name + "`" : "\"" + name + "\"";
    }

    // ---- values

    @ParameterizedTest
    @EnumSource
    void putValueIfAbsent_erasedVersion_isRefused(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore store = store(server);
        store.putValueIfAbsent(NAME, 1, value("one"));
        store.eraseValue(NAME, 1);
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("again")))
                .withMessageContaining("version 1 of secret " + NAME)
                .withMessageContaining("erased");
        assertThat(on(database.dataSource()).value(NAME, 1)).isEmpty();
        assertThat(asked("SELECT count(*) FROM " + table("slipring_value") + " WHERE " + table("value")
                        + " IS NOT NULL"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    void replaceValue_byTheSameForm_saysWhetherItIsStored(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore store = store(server);
        assertThat(store.replaceValue(NAME, 1, value("one"), value("one"))).isFalse();
        store.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(store.replaceValue(NAME, 1, value("one"), value("one"))).isTrue();
        assertThat(store.replaceValue(NAME, 1, value("two"), value("two"))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void sealedBy_aSealer_showsTheDatabaseNoValue(TestDatabase.Server server) throws SQLException {
        database = TestDatabase.on(server);
        SealedSecretStore store =
                JdbcSecretStore.builder(database.dataSource()).createTables().sealedBy(new FlippingSealer());
        store.putValueIfAbsent(NAME, 1, value("hunter2"));
        assertThat(store.value(NAME, 1)).contains(value("hunter2"));
        JdbcSecretStore inner = on(database.dataSource());
        String stored = inner.value(NAME, 1).orElseThrow().reveal(bytes -> new String(bytes, UTF_8));
        assertThat(stored).isNotEmpty().doesNotContain("hunter2");
        assertThat(store.installationKey()).isEqualTo(store.installationKey()).isNotEqualTo(inner.installationKey());
    }

    @ParameterizedTest
    @EnumSource
    void unsealed_withoutAReason_isRefused(TestDatabase.Server server) throws SQLException {
        database = TestDatabase.on(server);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSecretStore.builder(database.dataSource())
                        .createTables()
                        .unsealed(" "));
    }

    // ---- time

    @ParameterizedTest
    @EnumSource
    void read_sessionInAnotherZone_tellsTheDatabasesTime(TestDatabase.Server server) throws SQLException {
        store(server);
        String far = server == TestDatabase.Server.MARIADB ? "SET time_zone = '+13:00'" : "SET TIME ZONE '+13:00'";
        DataSource source = new ConnectingDataSource(() -> {
            Connection connection = database.connect();
            try (Statement statement = connection.createStatement()) {
                statement.execute(far);
            }
            return connection;
        });
        JdbcSecretStore store = JdbcSecretStore.builder(source).unsealed("a test");
        store.compareAndSet(at(1, "a"), window());
        Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Instant read = store.read(NAME).storeNow();
        assertThat(read).isBetween(before, Instant.now());
        assertThat(store.read(SecretName.of("unknown")).storeNow()).isBetween(read, Instant.now());
    }

    @ParameterizedTest
    @EnumSource
    void compareAndSet_windowClosesDuringTheStatement_writesNothing(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore plain = store(server);
        plain.compareAndSet(at(1, "a"), window());
        JdbcSecretStore slow = on(WatchedDataSource.around(database.dataSource(), (connection, method, done) -> {
            if (done && method.equals("statement.executeUpdate")) {
                clock.advance(Duration.ofSeconds(6));
            }
        }));
        assertThat(slow.compareAndSet(at(2, "late"), window())).isFalse();
        assertThat(slow.compareAndSet(at(SecretName.of("other"), 1, "late"), window()))
                .isFalse();
        assertThat(plain.read(NAME).record()).contains(at(1, "a"));
        assertThat(plain.names()).containsExactly(NAME);
    }

    // ---- connections

    @ParameterizedTest
    @EnumSource
    void connections_afterEachCall_areAsTheyCame(TestDatabase.Server server) throws SQLException {
        store(server);
        for (boolean autoCommit : new boolean[] {true, false}) {
            AtomicInteger closed = new AtomicInteger();
            DataSource source = new ConnectingDataSource(() -> {
                Connection connection = database.connect();
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setAutoCommit(autoCommit);
                return connection;
            });
            JdbcSecretStore store = on(WatchedDataSource.around(source, (connection, method, done) -> {
                if (!done && method.equals("close") && connection.getAutoCommit() == autoCommit) {
                    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
                    closed.incrementAndGet();
                }
            }));
            assertThat(store.compareAndSet(at(autoCommit ? 1 : 2, "a"), window()))
                    .isTrue();
            assertThat(store.compareAndSet(at(9, "a"), window())).isFalse();
            store.putValueIfAbsent(NAME, 1, value("one"));
            assertThat(closed.get()).isGreaterThan(5);
        }
    }

    // ---- failures

    @ParameterizedTest
    @EnumSource
    void anyWrite_connectionBreaksAtAnyCall_happensWholeOrNotAtAll(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore sound = store(server);
        sound.compareAndSet(at(1, "a"), window());
        sound.putValueIfAbsent(NAME, 1, value("0"));
        WatchedDataSource.Breaker breaker = new WatchedDataSource.Breaker();
        JdbcSecretStore store = on(WatchedDataSource.around(database.dataSource(), breaker));
        AtomicInteger version = new AtomicInteger(1);

        breakAtEachCall(breaker, () -> {
            long epoch = sound.read(NAME).record().orElseThrow().epoch();
            try {
                store.compareAndSet(at(epoch + 1, "a"), window());
            } finally {
                assertThat(sound.read(NAME).record())
                        .isIn(Optional.of(at(epoch, "a")), Optional.of(at(epoch + 1, "a")));
            }
        });
        breakAtEachCall(breaker, () -> {
            int number = version.incrementAndGet();
            try {
                store.putValueIfAbsent(NAME, number, value("hunter2"));
            } finally {
                assertThat(sound.value(NAME, number)).isIn(Optional.empty(), Optional.of(value("hunter2")));
            }
        });
        breakAtEachCall(breaker, () -> {
            SecretValue before = sound.value(NAME, 1).orElseThrow();
            SecretValue next = value(before.equals(value("0")) ? "1" : "0");
            try {
                store.replaceValue(NAME, 1, before, next);
            } finally {
                assertThat(sound.value(NAME, 1)).isIn(Optional.of(before), Optional.of(next));
            }
        });
        breakAtEachCall(breaker, () -> {
            int number = version.incrementAndGet();
            sound.putValueIfAbsent(NAME, number, value("gone"));
            try {
                store.eraseValue(NAME, number);
            } finally {
                assertThat(sound.value(NAME, number)).isIn(Optional.empty(), Optional.of(value("gone")));
                sound.eraseValue(NAME, number);
                assertThat(sound.value(NAME, number)).isEmpty();
            }
        });
        breakAtEachCall(breaker, () -> {
            List<ReplicaReport> before = sound.reports(NAME);
            ReplicaReport next = report("a", before.size() + version.incrementAndGet());
            try {
                store.report(NAME, next);
            } finally {
                assertThat(sound.reports(NAME)).isIn(before, List.of(next));
            }
        });
    }

    /** Breaks the connection at the operation's first call, at its second, and so on until it runs through. */
    private static void breakAtEachCall(WatchedDataSource.Breaker breaker, Runnable operation) {
        for (int call = 1; ; call++) {
            breaker.breakAt(call);
            try {
                operation.run();
                assertThat(breaker.hasBroken())
                        .as("broken at call %s, and not told", call)
                        .isFalse();
                assertThat(call).isGreaterThan(8);
                return;
            } catch (StoreUnavailableException e) {
                assertThat(printed(e)).contains("08006").doesNotContain("hunter2");
            }
        }
    }

    private ReplicaReport report(String replica, long epoch) {
        return new ReplicaReport(replica, 1, epoch, clock.instant(), Map.of());
    }

    private static String printed(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "H2", "MARIADB"})
    void putValueIfAbsent_refusedByTheDatabase_showsNoValue(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore store = store(server);
        database.execute("ALTER TABLE " + table("slipring_value") + " ADD CONSTRAINT c CHECK (octet_length("
                + table("value") + ") < 3)");
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.putValueIfAbsent(NAME, 1, value("hunter2")))
                .withMessageContaining("put version 1 of secret " + NAME)
                .satisfies(e -> assertThat(printed(e)).doesNotContain("hunter2").doesNotContain("68756e746572"));
        assertThat(store.value(NAME, 1)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void read_rowThatDisagreesWithItsRecord_isRefused(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore store = store(server);
        store.compareAndSet(at(1, "a"), window());
        database.execute("UPDATE " + table("slipring_record") + " SET " + table("epoch") + " = 4");
        assertThatExceptionOfType(UnusableRecordException.class)
                .isThrownBy(() -> store.read(NAME))
                .withMessageContaining("says that it is epoch 1 of incarnation 1, its row says 4 of 1");
    }

    @ParameterizedTest
    @EnumSource
    void report_ofManyThatComeAndGo_usesTheRowsOfThoseThatAreGone(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore store = store(server);
        for (int day = 0; day < 10; day++) {
            store.report(NAME, report("a" + day, day));
            store.report(NAME, report("b" + day, day));
            store.report(NAME, report("b" + day, day));
            assertThat(store.reports(NAME)).contains(report("a" + day, day), report("b" + day, day));
            clock.advance(Duration.ofHours(25));
            assertThat(store.reports(NAME)).isEmpty();
        }
        assertThat(asked("SELECT count(*) FROM " + table("slipring_report"))).isEqualTo("2");
    }
}
