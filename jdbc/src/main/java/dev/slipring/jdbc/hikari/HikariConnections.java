package dev.slipring.jdbc.hikari;

import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.ConnectionPool;
import java.sql.Connection;
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

    /** Marks it first and then tries to reserve it, so whoever borrowed it meanwhile may finish. */
    @Override
    public void evict(Connection pooled) {
        hikari.evictConnection(pooled);
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
    public void close() {
        hikari.close();
    }
}
