package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresServer;
import java.sql.SQLException;

class PostgresSingleUserTest extends LiveLoginContract {
    @Override
    World world() throws SQLException {
        return PostgresWorld.of(PostgresLogins::singleUser);
    }

    @Override
    String log() {
        return PostgresServer.log();
    }
}
