package dev.slipring.jdbc.login;

import dev.slipring.jdbc.MariaDbServer;
import java.sql.SQLException;

class MariaDbAlternatingTest extends LiveLoginContract {
    @Override
    World world() throws SQLException {
        return MariaDbWorld.of((admin, stem) -> MariaDbLogins.alternating(admin, stem + "_role"));
    }

    @Override
    String log() {
        return MariaDbServer.log();
    }
}
