package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.jdbc.PostgresServer;

class OlderPostgresAlternatingTest extends PostgresAlternatingTest {
    @Override
    PostgresProcess server() {
        return PostgresServer.older();
    }
}
