package dev.slipring.jdbc.login;

import dev.slipring.jdbc.PostgresServer;
import java.sql.SQLException;

class PostgresThrowAwayTest extends LiveLoginContract {
    @Override
    World world() throws SQLException {
        return PostgresWorld.of((admin, stem) -> PostgresLogins.throwAway(admin, stem + "_owner"));
    }

    /** There is no role that could remember it: the sweep retires it. */
    @Override
    boolean lateAbortIsSeen() {
        return false;
    }

    @Override
    String log() {
        return PostgresServer.log();
    }
}
