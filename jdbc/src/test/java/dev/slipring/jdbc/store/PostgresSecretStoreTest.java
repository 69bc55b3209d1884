package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class PostgresSecretStoreTest extends SecretStoreOnADatabase {
    PostgresSecretStoreTest() {
        super(TestDatabase.Server.POSTGRES);
    }
}
