package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** No pool: every connection is opened when it is asked for and closed when it is returned. */
final class UnpooledConnections implements ConnectionPool {
    private final DataSource source;

    UnpooledConnections(DataSource source) {
        this.source = source;
    }

    @Override
    public DataSource dataSource() {
        return source;
    }

    @Override
    public void evict(Connection pooled) throws SQLException {
        pooled.close();
    }

    @Override
    public int maximum() {
        return 0;
    }

    @Override
    public int idle() {
        return 0;
    }

    @Override
    public int waiting() {
        return 0;
    }

    /** Connections that are open stay their borrowers'. */
    @Override
    public void close() {}
}
