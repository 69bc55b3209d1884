package dev.slipring.jdbc.hikari;

import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.ConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A HikariCP pool as rotation sees it. */
final class HikariConnections implements ConnectionPool {
    private final HikariDataSource hikari;

    HikariConnections(HikariDataSource hikari) {
        this.hikari = hikari;
    }

    @Override
    public DataSource dataSource() {
        return hikari;
    }

    /** In this order, since the other one throws; whoever borrows it in between may finish, and then it goes. */
    @Override
    public void evict(Connection pooled) throws SQLException {
        try {
            pooled.close();
        } finally {
            hikari.evictConnection(pooled);
        }
    }

    @Override
    public int maximum() {
        return hikari.getMaximumPoolSize();
    }

    @Override
    public int idle() {
        return hikari.getHikariPoolMXBean().getIdleConnections();
    }

    @Override
    public int waiting() {
        return hikari.getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    @Override
    public void keepNoneIdle() {
        hikari.setMinimumIdle(0);
    }

    @Override
    public void close() {
        hikari.close();
    }
}
