package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What a {@link RotatingDataSource} needs of the pool behind it. Implementations are thread-safe. */
public interface ConnectionPool extends AutoCloseable {
    /** The pool as the application would use it without rotation; always the same object. */
    DataSource dataSource();

    /**
     * Returns a connection as closing it does, and then closes it physically instead of keeping it. What is not
     * committed ends as it does when a connection is closed, or is rolled back. The place is free then for
     * whoever waits for a connection; if a pool gave this one on to him first, it goes when he returns it.
     *
     * @param pooled what {@link #dataSource()} gave out; the caller still holds it, and does not touch it any more
     * @throws SQLException as closing it would; it is gone then as well
     */
    void evict(Connection pooled) throws SQLException;

    /** The largest number of connections that the pool keeps; 0 if it keeps none. */
    int maximum();

    /** How many connections nobody has borrowed. */
    int idle();

    /** How many callers wait for a connection. */
    int waiting();

    /**
     * Tries once more to open connections for those who wait, where there is room, and does not wait itself. Does
     * nothing unless told: for pools in which callers open their own, or that try again anyway.
     */
    default void refill() {}

    /** Opens no connection any more that nobody waits for; called before a pool is left. Does nothing unless told. */
    default void keepNoneIdle() {}

    @Override
    void close();
}
