package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;

/** What the pool gets: a driver's connection with its {@link Ticket}, which is given back when it closes. */
final class PhysicalConnection extends ForwardingConnection {
    private final CredentialedDataSource source;
    private final Ticket ticket;

    PhysicalConnection(Connection delegate, CredentialedDataSource source, Ticket ticket) {
        super(delegate);
        this.source = source;
        this.ticket = ticket;
    }

    Ticket ticket() {
        return ticket;
    }

    /**
     * A pool asks this of idle connections; a "no" makes it replace one whose turn to retire has come. Not at once, if
     * one slipped past the switch: DBCP fails the check-out that opened a connection which is not valid. Whoever has
     * borrowed it and asks, as health checks do, learns of the connection alone, which works on.
     */
    @Override
    public boolean isValid(int timeout) throws SQLException {
        boolean idle = ticket.wasHeld() && ticket.holder() == null;
        return !(idle && source.retires(ticket)) && delegate.isValid(timeout);
    }

    @Override
    public void close() throws SQLException {
        try {
            delegate.close();
        } finally {
            source.closed(ticket);
        }
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        try {
            delegate.abort(executor);
        } finally {
            source.closed(ticket);
        }
    }

    @Override
    public String toString() {
        return "generation " + ticket.generation() + " of " + delegate;
    }
}
