package dev.slipring.jdbc.dbcp2;

import dev.slipring.jdbc.ConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A DBCP pool as rotation sees it. */
final class Dbcp2Connections implements ConnectionPool {
    private static final Logger LOG = LoggerFactory.getLogger(Dbcp2Connections.class);

    private final BasicDataSource dbcp;

    Dbcp2Connections(BasicDataSource dbcp) {
        this.dbcp = dbcp;
    }

    @Override
    public DataSource dataSource() {
        return dbcp;
    }

    /** Rolls back first, as the pool does with what is returned: invalidating leaves that out. */
    @Override
    public void evict(Connection pooled) throws SQLException {
        try {
            if (!pooled.getAutoCommit()) {
                pooled.rollback();
            }
        } finally {
            invalidate(pooled);
        }
    }

    /** The pool opens another one for those who wait, and here tells why it could not: no concern of the caller. */
    private void invalidate(Connection pooled) {
        try {
            dbcp.invalidateConnection(pooled);
        } catch (IllegalStateException e) {
            LOG.debug("an evicted connection was not replaced", e);
        }
    }

    /** A pool without a limit is taken for a very large one. */
    @Override
    public int maximum() {
        return dbcp.getMaxTotal() < 0 ? Integer.MAX_VALUE - 1 : dbcp.getMaxTotal();
    }

    @Override
    public int idle() {
        return dbcp.getNumIdle();
    }

    @Override
    public int waiting() {
        return dbcp.getConnectionPool().getNumWaiters();
    }

    @Override
    public void refill() {
        try {
            dbcp.getConnectionPool().addObject();
        } catch (Exception e) {
            LOG.debug("still no connection for those who wait", e);
        }
    }

    @Override
    public void keepNoneIdle() {
        dbcp.setMinIdle(0);
    }

    @Override
    public void close() {
        try {
            dbcp.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the DBCP pool could not be closed", e);
        }
    }
}
