package dev.slipring.bench.login;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.login.Login;

/** HikariCP pools as all contenders have them. */
final class Pools {
    private static final long CONNECTION_TIMEOUT_MILLIS = 10_000;

    private Pools() {}

    /** Without a login. */
    static HikariConfig config(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(Contender.POOL);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        return config;
    }

    /** Which logs in as {@code login}. */
    static HikariDataSource pool(String url, Login login) {
        HikariConfig config = config(url);
        config.setUsername(login.user());
        config.setPassword(login.revealPassword());
        return new HikariDataSource(config);
    }
}
