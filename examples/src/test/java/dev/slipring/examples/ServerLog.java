package dev.slipring.examples;

import java.sql.SQLException;

/** A database server that logs every statement. Used by one thread. */
interface ServerLog extends AutoCloseable {
    /** Executes a statement that holds {@code text} where one may hold a secret. */
    void plant(String text) throws SQLException;

    /** What was logged until now. */
    String read() throws Exception;

    @Override
    void close();
}
