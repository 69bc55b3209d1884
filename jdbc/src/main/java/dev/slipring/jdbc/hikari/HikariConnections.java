package dev.slipring.jdbc.hikari;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.slipring.jdbc.SelfConnectingPool;
import dev.slipring.jdbc.login.Login;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A HikariCP pool as rotation sees it. */
final class HikariConnections implements SelfConnectingPool {
    private final HikariDataSource hikari;
    private int extension;

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
    public synchronized int maximum() {
        return hikari.getMaximumPoolSize() - extension;
    }

    /** User and password change together, and also in a configuration that is sealed. */
    @Override
    public void use(Login login) {
        hikari.setCredentials(Credentials.of(login.user(), login.revealPassword()));
    }

    @Override
    public int size() {
        return hikari.getHikariPoolMXBean().getTotalConnections();
    }

    @Override
    public synchronized void extend(boolean byOne) {
        int change = (byOne ? 1 : 0) - extension;
        extension += change;
        hikari.setMaximumPoolSize(hikari.getMaximumPoolSize() + change);
        hikari.setMinimumIdle(Math.max(0, hikari.getMinimumIdle() + change));
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
