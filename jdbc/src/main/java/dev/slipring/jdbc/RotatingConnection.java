package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** What the application gets: a pooled connection whose return is the moment to retire it. */
final class RotatingConnection extends ForwardingConnection {
    private final RotatingDataSource source;
    private final Ticket ticket;

    RotatingConnection(Connection pooled, RotatingDataSource source, Ticket ticket) {
        super(pooled);
        this.source = source;
        this.ticket = ticket;
    }

    @Override
    public void close() throws SQLException {
        ticket.heldBy(null);
        if (ticket.generation() == source.generation()) {
            delegate.close();
        } else {
            source.returnOutdated(delegate, ticket);
        }
    }

    @Override
    public String toString() {
        return "RotatingConnection[" + delegate + "]";
    }
}
