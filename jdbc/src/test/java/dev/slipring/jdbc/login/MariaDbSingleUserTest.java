package dev.slipring.jdbc.login;

import dev.slipring.jdbc.MariaDbServer;
import java.sql.SQLException;

class MariaDbSingleUserTest extends LiveLoginContract {
    @Override
    World world() throws SQLException {
        return MariaDbWorld.of(MariaDbLogins::singleUser);
    }

    @Override
    String log() {
        return MariaDbServer.log();
    }
}
