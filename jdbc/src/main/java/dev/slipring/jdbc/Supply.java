package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Where a pool's connections come from: how a generation gets its own, which of the open ones are of another, and
 * whether a replacement is ready for one that goes. Implementations are thread-safe; {@link #prepare},
 * {@link #makeReady} and {@link #finish} are called by one thread at a time.
 */
interface Supply {
    /** What is known of a connection that the pool gave out. */
    Ticket ticketOf(Connection pooled) throws SQLException;

    /**
     * Lets the connections opened from now on be of {@code next}, which is about to be the login in force.
     *
     * @throws SQLException if that cannot be now; nothing has changed then
     */
    default void prepare(Credential next) throws SQLException {}

    /** The open connections that are, or may be, of another generation, those being opened included. */
    List<Ticket> outdated();

    /** How many open connections are of the generation in force. */
    int current();

    /** Sees to it that a replacement is ready, which may mean to connect; whether one is. */
    boolean makeReady() throws SQLException;

    /** Whether a replacement is ready for a connection that goes now. */
    boolean isReady();

    /** Called before one of the outdated connections retires. */
    default void retiring() {}

    /** No connection of another generation is left, or nobody cares any more: replacements go. */
    void finish();

    /** The pool gave no connection. */
    default void failed(SQLException why) {}
}
