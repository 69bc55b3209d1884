package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.jdbc.PostgresServer;

class OlderPostgresThrowAwayTest extends PostgresThrowAwayTest {
    @Override
    PostgresProcess server() {
        return PostgresServer.older();
    }
}
