package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** What the application gets: a pooled connection whose return is the moment to retire it. */
final class RotatingConnection extends ForwardingConnection {
    private final RotatingDataSource source;
    private final Ticket ticket;
    private final String thread = Thread.currentThread().getName();

    RotatingConnection(Connection pooled, RotatingDataSource source, Ticket ticket) {
        super(pooled);
        this.source = source;
        this.ticket = ticket;
    }

    /** The thread that borrowed it. */
    String thread() {
        return thread;
    }

    /** Asks the pool's connection, and past it the driver's: not every pool asks on. */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        boolean behind = !type.isInstance(this)
                && !type.isInstance(delegate)
                && !delegate.isWrapperFor(type)
                && delegate.isWrapperFor(PhysicalConnection.class);
        return behind ? delegate.unwrap(PhysicalConnection.class).unwrap(type) : super.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return super.isWrapperFor(type)
                || (delegate.isWrapperFor(PhysicalConnection.class)
                        && delegate.unwrap(PhysicalConnection.class).isWrapperFor(type));
    }

    @Override
    public void close() throws SQLException {
        ticket.leftBy(this);
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
