package dev.slipring.jdbc.store;

import dev.slipring.contract.StoredSourceContract;
import dev.slipring.jdbc.ConnectingDataSource;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.store.SecretStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** Stores in databases, of which only reading is asked here; one is away while it takes no connection. */
class DatabaseSourceTest {
    private abstract static class OnADatabase extends StoredSourceContract {
        private final TestDatabase.Server server;
        private TestDatabase database;
        private boolean away;

        OnADatabase(TestDatabase.Server server) {
            this.server = server;
        }

        @BeforeEach
        void createTables() throws SQLException {
            database = TestDatabase.on(server);
            builder().createTables().unsealed("a test");
        }

        @AfterEach
        void dropTables() throws SQLException {
            database.close();
        }

        @Override
        protected SecretStore store() {
            return builder().unsealed("a test");
        }

        @Override
        protected void outage(boolean out) {
            away = out;
        }

        private JdbcSecretStore.Builder builder() {
            return JdbcSecretStore.builder(new ConnectingDataSource(this::connect))
                    .clock(clock);
        }

        private Connection connect() throws SQLException {
            if (away) {
                throw new SQLNonTransientConnectionException("Connection refused", "08001");
            }
            return database.connect();
        }
    }

    @Nested
    class InPostgres extends OnADatabase {
        InPostgres() {
            super(TestDatabase.Server.POSTGRES);
        }
    }

    @Nested
    class InMariaDb extends OnADatabase {
        InMariaDb() {
            super(TestDatabase.Server.MARIADB);
        }
    }

    @Nested
    class InH2 extends OnADatabase {
        InH2() {
            super(TestDatabase.Server.H2);
        }
    }

    @Nested
    class InH2AsMySql extends OnADatabase {
        InH2AsMySql() {
            super(TestDatabase.Server.H2_AS_MYSQL);
        }
    }
}
