package dev.slipring.jdbc.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.contract.SecretStoreContract;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.store.SecretStore;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract on one kind of server, each instance over a pool that neither commits by itself nor reads committed. */
abstract class SecretStoreOnADatabase extends SecretStoreContract {
    private final TestDatabase.Server server;
    TestDatabase database;
    HikariDataSource pool;

    SecretStoreOnADatabase(TestDatabase.Server server) {
        this.server = server;
    }

    @BeforeEach
    void createTables() throws SQLException {
        database = TestDatabase.on(server);
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(0);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        pool = new HikariDataSource(config);
        builder().createTables().unsealed("a test");
    }

    @AfterEach
    void dropTables() throws SQLException {
        pool.close();
        database.close();
    }

    JdbcSecretStore.Builder builder() {
        return JdbcSecretStore.builder(pool).clock(clock);
    }

    @Override
    protected SecretStore open() {
        return builder().unsealed("a test");
    }

    @Override
    protected int epochs() {
        return 50;
    }
}
