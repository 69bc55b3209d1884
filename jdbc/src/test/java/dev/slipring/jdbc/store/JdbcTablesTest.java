package dev.slipring.jdbc.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.jdbc.TestDatabase;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.WriteWindow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the tables come to be, what they must look like, and who may do what with them. */
class JdbcTablesTest {
    private TestDatabase database;

    @AfterEach
    void dropTables() throws SQLException {
        if (database != null) {
            database.close();
        }
    }

    private JdbcSecretStore.Builder builder(TestDatabase.Server server) throws SQLException {
        database = TestDatabase.on(server);
        return JdbcSecretStore.builder(database.dataSource());
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

    @ParameterizedTest
    @EnumSource
    void builder_tablesMissing_isRefusedAndMakesNone(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore.Builder builder = builder(server);
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> builder.unsealed("a test"))
                    .withMessageContaining("slipring_record")
                    .withMessageContaining("is missing");
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() ->
                            JdbcDataKeyStore.builder(database.dataSource()).build())
                    .withMessageContaining("slipring_data_key");
        }
    }

    @ParameterizedTest
    @EnumSource
    void schemaSql_run_makesTheTablesThatArePassed(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore.Builder builder = builder(server);
        database.execute(builder.schemaSql().split(";\n"));
        database.execute(
                JdbcDataKeyStore.builder(database.dataSource()).schemaSql().split(";\n"));
        assertThat(builder.unsealed("a test").names()).isEmpty();
        assertThat(JdbcDataKeyStore.builder(database.dataSource()).build().scan(null, 1))
                .isEmpty();
        assertThatCode(() -> builder.createTables().unsealed("a test")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    void builder_tableOfAnotherShape_isRefusedByItsDifference(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore.Builder builder = builder(server);
        String record = quoted("slipring_record");
        Map<String, String> changes = Map.of(
                "ALTER TABLE " + record + " ADD COLUMN more INTEGER",
                "should not be there",
                "ALTER TABLE " + record + " DROP COLUMN " + quoted("epoch"),
                "column epoch bigint not null is missing",
                "ALTER TABLE " + quoted("slipring_report") + " DROP PRIMARY KEY",
                "the primary key is [] instead of [secret, replica]",
                alter("slipring_value", "value", "VARCHAR(20)"),
                "column value is");
        for (Map.Entry<String, String> change : changes.entrySet()) {
            database.execute("DROP TABLE IF EXISTS " + record + ", " + quoted("slipring_value") + ", "
                    + quoted("slipring_report"));
            database.execute(builder.schemaSql().split(";\n"));
            String sql = change.getKey();
            database.execute(
                    server == TestDatabase.Server.POSTGRES
                            ? sql.replace("DROP PRIMARY KEY", "DROP CONSTRAINT slipring_report_pkey")
                            : sql);
            for (boolean create : new boolean[] {false, true}) {
                JdbcSecretStore.Builder again = JdbcSecretStore.builder(database.dataSource());
                assertThatExceptionOfType(StoreUnavailableException.class)
                        .isThrownBy(() -> (create ? again.createTables() : again).unsealed("a test"))
                        .withMessageContaining("has another shape, and is not touched: ")
                        .withMessageContaining(change.getValue());
            }
        }
    }

    private String alter(String table, String column, String type) {
        return switch (database.server()) {
            case MARIADB -> "ALTER TABLE " + quoted(table) + " MODIFY COLUMN " + quoted(column) + " " + type;
            case POSTGRES ->
                "ALTER TABLE " + quoted(table) + " ALTER COLUMN " + quoted(column) + " TYPE " + type + " USING ''";
            default -> "ALTER TABLE " + quoted(table) + " ALTER COLUMN " + quoted(column) + " " + type;
        };
    }

    @ParameterizedTest
    @EnumSource(names = "MARIADB")
    void builder_engineWithoutTransactions_isRefused(TestDatabase.Server server) throws SQLException {
        JdbcSecretStore.Builder builder = builder(server);
        database.execute(builder.schemaSql()
                .replace("InnoDB", "MEMORY")
                .replace("LONGTEXT", "VARCHAR(9)")
                .replace("MEDIUMBLOB", "VARBINARY(9)")
                .split(";\n"));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> builder.unsealed("a test"))
                .withMessageContaining("the storage engine is memory instead of innodb");
    }

    @ParameterizedTest
    @EnumSource
    void names_hostile_areQuotedOrRefused(TestDatabase.Server server) throws SQLException {
        builder(server);
        String schema = "s \"`;--' é" + database.name();
        boolean mariaDb = server == TestDatabase.Server.MARIADB;
        String quotedSchema =
                mariaDb ? "`" + schema.replace("`", "``") + "`" : "\"" + schema.replace("\"", "\"\"") + "\"";
        database.execute((mariaDb ? "CREATE DATABASE " : "CREATE SCHEMA ") + quotedSchema);
        try {
            JdbcSecretStore store = JdbcSecretStore.builder(database.dataSource())
                    .schema(schema)
                    .prefix("p \"`;$1\\'")
                    .createTables()
                    .unsealed("a test");
            assertThat(store.compareAndSet(at(1, "a"), window())).isTrue();
            assertThat(store.read(NAME).record()).contains(at(1, "a"));
        } finally {
            database.execute(
                    "DROP " + (mariaDb ? "DATABASE " : "SCHEMA ") + quotedSchema + (mariaDb ? "" : " CASCADE"));
        }
        for (String bad : List.of("", " ", "a\0b", "a\nb", "\ud800", "x".repeat(64), "é".repeat(32))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> JdbcSecretStore.builder(database.dataSource()).prefix(bad));
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            JdbcDataKeyStore.builder(database.dataSource()).schema(bad));
        }
    }
}
