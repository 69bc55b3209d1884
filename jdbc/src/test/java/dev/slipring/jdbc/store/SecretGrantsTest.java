package dev.slipring.jdbc.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.contract.Records;
import dev.slipring.jdbc.ConnectingDataSource;
import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what with the tables, where databases know several users. */
class SecretGrantsTest {
    private static final ReplicaReport REPORT =
            new ReplicaReport("a", 1, 1, Instant.parse("2099-01-01T00:00:00Z"), Map.of());

    private TestDatabase database;
    private JdbcSecretStore owner;

    @AfterEach
    void dropTables() throws SQLException {
        if (database != null) {
            database.close();
        }
    }

    private SecretGrants grants(TestDatabase.Server server) throws SQLException {
        database = TestDatabase.on(server);
        owner = JdbcSecretStore.builder(database.dataSource()).createTables().unsealed("a test");
        return JdbcSecretStore.builder(database.dataSource()).grants();
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB"})
    void reader_readsAndReports_andWritesNothingElse(TestDatabase.Server server) throws SQLException {
        DataSource login = login("r_", grants(server)::reader);
        JdbcDataKeyStore.builder(database.dataSource()).createTables().build();
        owner.compareAndSet(at(1, "a"), window());
        owner.putValueIfAbsent(NAME, 1, value("one"));

        SecretStore reader = JdbcSecretStore.builder(login).unsealed("a test");
        assertThat(reader.read(NAME).record()).contains(at(1, "a"));
        assertThat(KeyringReader.of(reader, NAME).load(null).primary().value()).isEqualTo(value("one"));
        assertThat(reader.names()).containsExactly(NAME);
        reader.report(NAME, REPORT);
        assertThat(owner.reports(NAME)).containsExactly(REPORT);

        denied("write the record of secret " + NAME, () -> reader.compareAndSet(at(2, "b"), window()));
        denied("put version 3 of secret " + NAME, () -> reader.putValueIfAbsent(NAME, 3, value("two")));
        denied("replace version 1 of secret " + NAME, () -> reader.replaceValue(NAME, 1, value("one"), value("two")));
        denied("erase version 1 of secret " + NAME, () -> reader.eraseValue(NAME, 1));
        denied("put version 0 of secret INSTALLATION", reader::installationKey);
        refused(login, "DELETE FROM " + quoted("slipring_report"));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> JdbcDataKeyStore.builder(login).build());
        assertThat(owner.read(NAME).record()).contains(at(1, "a"));
        assertThat(owner.value(NAME, 1)).contains(value("one"));
    }

    @ParameterizedTest
    @EnumSource(names = "POSTGRES")
    void reader_seesAValueFromItsPublicationOnUntilItIsRevoked(TestDatabase.Server server) throws SQLException {
        SecretStore reader =
                JdbcSecretStore.builder(login("r_", grants(server)::reader)).unsealed("a test");
        SecretStore rotator =
                JdbcSecretStore.builder(login("w_", owner("rotator"))).unsealed("a test");
        rotator.putValueIfAbsent(NAME, 1, value("one"));
        assertThat(rotator.value(NAME, 1)).contains(value("one"));
        assertThat(reader.value(NAME, 1)).isEmpty();
        long epoch = 0;
        for (VersionState state : VersionState.values()) {
            assertThat(rotator.compareAndSet(in(state, ++epoch), window())).isTrue();
            assertThat(reader.value(NAME, 1).isPresent()).as(state.name()).isEqualTo(state.accepts());
            assertThat(rotator.value(NAME, 1)).contains(value("one"));
        }
        assertThat(rotator.compareAndSet(Records.full(++epoch), window())).isTrue(); // with every kind of text in it
        rotator.putValueIfAbsent(NAME, 3, value("three"));
        rotator.putValueIfAbsent(NAME, 9, value("nine"));
        assertThat(reader.value(NAME, 3)).contains(value("three"));
        assertThat(reader.value(NAME, 9)).isEmpty();
    }

    private static SecretRecord in(VersionState state, long epoch) {
        return at(epoch, "a").with(1, version -> version.in(state));
    }

    private Function<String, String> owner(String kind) {
        SecretGrants grants = JdbcSecretStore.builder(database.dataSource()).grants();
        return kind.equals("rotator") ? grants::rotator : grants::operator;
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB"})
    void rotator_rotatesAndErases_andDeletesNothing(TestDatabase.Server server) throws SQLException {
        DataSource login = login("w_", grants(server)::rotator);
        SecretStore rotator = JdbcSecretStore.builder(login).createTables().unsealed("a test");
        assertThat(rotator.compareAndSet(at(1, "a"), window())).isTrue();
        assertThat(rotator.compareAndSet(at(2, "b"), window())).isTrue();
        rotator.putValueIfAbsent(NAME, 2, value("two"));
        assertThat(rotator.replaceValue(NAME, 2, value("two"), value("three"))).isTrue();
        rotator.eraseValue(NAME, 2);
        assertThat(rotator.value(NAME, 2)).isEmpty();
        rotator.report(NAME, REPORT);
        assertThat(rotator.reports(NAME)).containsExactly(REPORT);
        assertThat(rotator.installationKey()).isEqualTo(owner.installationKey());

        deletesNothing(login);
        refused(login, "DROP TABLE " + quoted("slipring_record"));
        refused(login, "ALTER TABLE " + quoted("slipring_value") + " DROP COLUMN " + quoted("value"));
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB"})
    void keepingRotator_rotates_andErasesNoValue_whichAnOperatorDoes(TestDatabase.Server server) throws SQLException {
        DataSource login = login("k_", grants(server)::keepingRotator);
        SecretStore rotator = JdbcSecretStore.builder(login).unsealed("a test");
        assertThat(rotator.putValueIfAbsent(NAME, 1, value("one"))).isEqualTo(value("one"));
        assertThat(rotator.putValueIfAbsent(NAME, 1, value("two"))).isEqualTo(value("one"));
        assertThat(rotator.compareAndSet(at(1, "a"), window())).isTrue();
        assertThat(rotator.compareAndSet(at(2, "b"), window())).isTrue();
        assertThat(rotator.installationKey()).isEqualTo(owner.installationKey());

        denied("erase version 1 of secret " + NAME, () -> rotator.eraseValue(NAME, 1));
        denied("replace version 1 of secret " + NAME, () -> rotator.replaceValue(NAME, 1, value("one"), value("two")));
        deletesNothing(login);
        assertThat(rotator.value(NAME, 1)).contains(value("one"));

        DataSource other = login("o_", owner("operator"));
        JdbcSecretStore.builder(other).unsealed("a test").eraseValue(NAME, 1);
        assertThat(rotator.value(NAME, 1)).isEmpty();
        try (Connection connection = other.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("DELETE FROM " + quoted("slipring_record")))
                    .isEqualTo(1);
        }
        assertThat(owner.names()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void grants_forALoginThatCannotBeOne_areRefused(TestDatabase.Server server) throws SQLException {
        SecretGrants grants = grants(server);
        for (String login : List.of("", " ", "a\nb", "x".repeat(64))) {
            assertThatIllegalArgumentException().isThrownBy(() -> grants.reader(login));
        }
        assertThat(grants.rotator("o'\"`x"))
                .contains(server == TestDatabase.Server.MARIADB ? "`o'\"``x`@`%`" : "\"o'\"\"`x\"");
        assertThat(grants.toString()).doesNotContain("o'");
    }

    private void deletesNothing(DataSource login) {
        for (String table : List.of("slipring_record", "slipring_value", "slipring_report")) {
            refused(login, "DELETE FROM " + quoted(table));
        }
    }

    private void denied(String what, ThrowingCallable call) {
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(call)
                .withMessageContaining("cannot " + what + " in ")
                .withMessageContaining(
                        database.server() == TestDatabase.Server.MARIADB ? "error 1142" : "SQLState 42501");
    }

    private void refused(DataSource login, String sql) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> {
                    try (Connection connection = login.getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.execute(sql);
                    }
                })
                .matches(e -> "42501".equals(e.getSQLState()) || e.getErrorCode() == 1142);
    }

    private String quoted(String name) {
        return database.server() == TestDatabase.Server.MARIADB ? "`" + name + "`" : "\"" + name + "\"";
    }

    private static WriteWindow window() {
        return WriteWindow.open(Ticker.system(), Duration.ofHours(1));
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(UTF_8));
    }

    /** A new login that has the rights of its kind and no others. */
    private DataSource login(String kind, Function<String, String> grants) throws SQLException {
        String name = kind + database.name();
        boolean postgres = database.server() == TestDatabase.Server.POSTGRES;
        database.execute(
                postgres
                        ? "CREATE ROLE " + name + " LOGIN PASSWORD 'pw'"
                        : "CREATE USER " + name + " IDENTIFIED BY 'pw'");
        database.execute(grants.apply(name).split(";\n"));
        return new ConnectingDataSource(() -> {
            if (postgres) {
                Connection connection = PostgresServer.connect(name, "pw");
                connection.setSchema(database.name());
                return connection;
            }
            return DriverManager.getConnection(MariaDbServer.url().replace("/test", "/" + database.name()), name, "pw");
        });
    }
}
