package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class PostgresDataKeyStoreTest extends DataKeyStoreOnADatabase {
    PostgresDataKeyStoreTest() {
        super(TestDatabase.Server.POSTGRES);
    }
}
