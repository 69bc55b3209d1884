package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.login.Login;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * The usual swap by hand: a volatile reference to a pool, which is replaced by a new one; the old one is closed right
 * away, or once all of its connections are back.
 */
final class SwapContender extends AbstractDataSource implements Contender {
    private final LoginServer server;
    private final boolean patient;
    private volatile HikariDataSource pool;
    private volatile CompletableFuture<Void> closing = CompletableFuture.completedFuture(null);

    SwapContender(LoginServer server, AlternatingRole role, boolean patient) {
        this.server = server;
        this.patient = patient;
        pool = made(role);
    }

    private HikariDataSource made(AlternatingRole role) {
        Login login = role.current();
        try {
            return Pools.pool(server.url(), login);
        } finally {
            login.wipe();
        }
    }

    @Override
    public DataSource source() {
        return this;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return pool.getConnection(user, password);
    }

    @Override
    public void follow(AlternatingRole role) {
        HikariDataSource old = pool;
        pool = made(role);
        closing = CompletableFuture.runAsync(() -> {
            while (patient && old.getHikariPoolMXBean().getActiveConnections() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            old.close();
        });
    }

    @Override
    public boolean done() {
        return closing.isDone();
    }

    @Override
    public void close() {
        closing.join();
        pool.close();
    }
}
