package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class H2AsMySqlSecretStoreTest extends SecretStoreOnADatabase {
    H2AsMySqlSecretStoreTest() {
        super(TestDatabase.Server.H2_AS_MYSQL);
    }
}
