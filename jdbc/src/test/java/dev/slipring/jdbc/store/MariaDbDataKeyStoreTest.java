package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class MariaDbDataKeyStoreTest extends DataKeyStoreOnADatabase {
    MariaDbDataKeyStoreTest() {
        super(TestDatabase.Server.MARIADB);
    }
}
