package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class H2SecretStoreTest extends SecretStoreOnADatabase {
    H2SecretStoreTest() {
        super(TestDatabase.Server.H2);
    }
}
