package dev.slipring.examples;

import dev.slipring.jdbc.MariaDbProcess;
import java.sql.SQLException;
import java.util.Optional;

/** A MariaDB of our own whose general log has every statement as it was sent, passwords included. */
final class MariaDbLog implements ServerLog {
    private final MariaDbProcess server;

    private MariaDbLog(MariaDbProcess server) {
        this.server = server;
    }

    /** Starts the server, unless there is none for this platform. */
    static Optional<MariaDbLog> start() {
        return Optional.ofNullable(MariaDbProcess.start()).map(MariaDbLog::new);
    }

    MariaDbProcess server() {
        return server;
    }

    /** As a password in the clear. */
    @Override
    public void plant(String text) throws SQLException {
        server.execute("CREATE OR REPLACE USER planted IDENTIFIED BY '" + text.replace("'", "''") + "'");
    }

    /** {@inheritDoc} The server writes before it executes. */
    @Override
    public String read() {
        return server.log();
    }

    @Override
    public void close() {
        server.kill();
    }
}
