package dev.slipring.jdbc.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.contract.DataKeyStoreContract;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.store.DataKeyStore;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The contract on one kind of server. */
abstract class DataKeyStoreOnADatabase extends DataKeyStoreContract {
    private final TestDatabase.Server server;
    private TestDatabase database;
    private HikariDataSource pool;

    DataKeyStoreOnADatabase(TestDatabase.Server server) {
        this.server = server;
    }

    @BeforeEach
    void createTables() throws SQLException {
        database = TestDatabase.on(server);
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(0);
        pool = new HikariDataSource(config);
        JdbcDataKeyStore.builder(pool).createTables().build();
    }

    @AfterEach
    void dropTables() throws SQLException {
        pool.close();
        database.close();
    }

    @Override
    protected DataKeyStore open() {
        return JdbcDataKeyStore.builder(pool).build();
    }

    @Override
    protected int rounds() {
        return 20;
    }
}
