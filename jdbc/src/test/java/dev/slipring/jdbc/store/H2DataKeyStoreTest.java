package dev.slipring.jdbc.store;

import dev.slipring.jdbc.TestDatabase;

class H2DataKeyStoreTest extends DataKeyStoreOnADatabase {
    H2DataKeyStoreTest() {
        super(TestDatabase.Server.H2);
    }
}
