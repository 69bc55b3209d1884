package dev.slipring.jdbc.login;

import dev.slipring.jdbc.MariaDbServer;
import java.sql.SQLException;

class MariaDbDualPasswordTest extends LiveLoginContract {
    @Override
    World world() throws SQLException {
        return MariaDbWorld.of(MariaDbLogins::dualPassword);
    }

    @Override
    String log() {
        return MariaDbServer.log();
    }
}
