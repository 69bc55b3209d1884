package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The pool opens all its connections through the {@link CredentialedDataSource}, which keeps a warm spare for it. */
final class SpareSupply implements Supply {
    private final CredentialedDataSource source;
    private final ConnectionPool pool;

    SpareSupply(CredentialedDataSource source, ConnectionPool pool) {
        this.source = source;
        this.pool = pool;
    }

    @Override
    public Ticket ticketOf(Connection pooled) throws SQLException {
        return pooled.unwrap(PhysicalConnection.class).ticket();
    }

    @Override
    public List<Ticket> outdated() {
        return source.outdated();
    }

    @Override
    public int current() {
        return source.current();
    }

    /** Nothing that keeps no connection needs a spare. */
    @Override
    public boolean makeReady() throws SQLException {
        int maximum = pool.maximum();
        return maximum > 0 && source.warm(maximum);
    }

    @Override
    public boolean isReady() {
        return source.warmed();
    }

    @Override
    public void finish() {
        source.cool();
    }
}
