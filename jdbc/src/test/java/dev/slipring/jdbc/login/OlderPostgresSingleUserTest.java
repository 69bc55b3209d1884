package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresProcess;
import dev.slipring.jdbc.PostgresServer;

class OlderPostgresSingleUserTest extends PostgresSingleUserTest {
    @Override
    PostgresProcess server() {
        return PostgresServer.older();
    }
}
