package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.slipring.jdbc.login.Login;
import javax.sql.DataSource;

/** HikariCP's own recipe: {@code setCredentials}, then {@code softEvictConnections}. */
final class RecipeContender implements Contender {
    private final HikariDataSource pool;

    RecipeContender(LoginServer server, AlternatingRole role) {
        Login login = role.current();
        pool = Pools.pool(server.url(), login);
        login.wipe();
    }

    @Override
    public DataSource source() {
        return pool;
    }

    @Override
    public void follow(AlternatingRole role) {
        Login login = role.current();
        pool.setCredentials(Credentials.of(login.user(), login.revealPassword()));
        login.wipe();
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public boolean done() {
        return false;
    }

    @Override
    public void close() {
        pool.close();
    }
}
