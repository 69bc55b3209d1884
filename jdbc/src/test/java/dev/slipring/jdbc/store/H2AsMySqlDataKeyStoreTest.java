package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class H2AsMySqlDataKeyStoreTest extends DataKeyStoreOnADatabase {
    H2AsMySqlDataKeyStoreTest() {
        super(TestDatabase.Server.H2_AS_MYSQL);
    }
}
