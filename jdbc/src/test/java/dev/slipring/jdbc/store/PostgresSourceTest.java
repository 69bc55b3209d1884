package dev.slipring.jdbc.store;

import dev.slipring.contract.StoredSourceContract;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.store.SecretStore;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store in PostgreSQL, of which only reading is asked here. */
class PostgresSourceTest extends StoredSourceContract {
    private TestDatabase database;

    @BeforeEach
    void createSchema() throws SQLException {
        database = TestDatabase.on(TestDatabase.Server.POSTGRES);
    }

    @AfterEach
    void dropTables() throws SQLException {
        database.close();
    }

    @Override
    protected SecretStore store() {
        return JdbcSecretStore.builder(database.dataSource())
                .clock(clock)
                .createTables()
                .unsealed("a test");
    }
}
