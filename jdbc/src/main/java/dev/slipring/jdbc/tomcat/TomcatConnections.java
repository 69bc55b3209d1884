package dev.slipring.jdbc.tomcat;

import dev.slipring.jdbc.ConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PooledConnection;

/** A Tomcat JDBC pool as rotation sees it. */
final class TomcatConnections implements ConnectionPool {
    private final DataSource tomcat;

    TomcatConnections(DataSource tomcat) {
        this.tomcat = tomcat;
    }

    @Override
    public javax.sql.DataSource dataSource() {
        return tomcat;
    }

    /** Ends the transaction first, since the pool closes what is discarded before it would. */
    @Override
    public void evict(Connection pooled) throws SQLException {
        try {
            if (!pooled.getAutoCommit()) {
                end(pooled);
            }
        } finally {
            pooled.unwrap(PooledConnection.class).setDiscarded(true);
            pooled.close();
        }
    }

    private void end(Connection pooled) throws SQLException {
        if (tomcat.getCommitOnReturn()) {
            pooled.commit();
        } else {
            pooled.rollback();
        }
    }

    @Override
    public int maximum() {
        return tomcat.getMaxActive();
    }

    @Override
    public int idle() {
        return tomcat.getIdle();
    }

    @Override
    public int waiting() {
        return tomcat.getWaitCount();
    }

    @Override
    public void keepNoneIdle() {
        tomcat.setMinIdle(0);
    }

    @Override
    public void close() {
        tomcat.close();
    }
}
