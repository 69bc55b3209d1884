package dev.slipring.jdbc;

import java.sql.Connection;
import javax.sql.DataSource;

/** What a {@link RotatingDataSource} needs of the pool behind it. Implementations are thread-safe. */
public interface ConnectionPool extends AutoCloseable {
    /** The pool as the application would use it without rotation; always the same object. */
    DataSource dataSource();

    /**
     * Takes a connection out of the pool for good and closes it physically. {@code pooled} is what
     * {@link #dataSource()} gave out, either still held by the caller, who does not touch it any more, or
     * closed already; if somebody else borrowed it meanwhile, it goes when it is returned.
     */
    void evict(Connection pooled);

    /** The largest number of connections that the pool keeps. */
    int maximum();

    /** How many connections nobody has borrowed. */
    int idle();

    /** How many callers wait for a connection. */
    int waiting();

    @Override
    void close();
}
