package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class MariaDbSecretStoreTest extends SecretStoreOnADatabase {
    MariaDbSecretStoreTest() {
        super(TestDatabase.Server.MARIADB);
    }
}
