package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresServer;
import java.sql.SQLException;

class PostgresAlternatingTest extends LiveLoginContract {
    @Override
    World world() throws SQLException {
        return PostgresWorld.of((admin, stem) -> PostgresLogins.alternating(admin, stem + "_owner"));
    }

    /** The slot is the live predecessor's, whose comment is not overwritten. */
    @Override
    boolean lateAbortIsSeen() {
        return false;
    }

    @Override
    String log() {
        return PostgresServer.log();
    }
}
