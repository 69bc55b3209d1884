package dev.slipring.jdbc.hikari;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.keyring.RotatingSecret;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * Makes HikariCP pools whose login rotates. The configuration is copied and keeps every setting; only its
 * {@code dataSource} is replaced by one that knows the login, and a {@code minimumIdle} of 0 becomes 1: without it
 * HikariCP opens nothing for callers who already wait when a connection retires.
 *
 * <p>The database is named by {@code jdbcUrl}, with driver properties as {@code dataSourceProperties}, or by a
 * {@code dataSource} that takes user and password.
 */
@SuppressWarnings("exports") // HikariCP is optional: whoever calls this has it
public final class HikariRotation {
    private HikariRotation() {}

    /**
     * A pool over {@code secret} with the usual options; closing it closes the pool.
     *
     * @throws IllegalArgumentException if the configuration holds a credential or names no database, or no
     *     driver accepts its URL
     * @throws com.zaxxer.hikari.pool.HikariPool.PoolInitializationException if the pool cannot start
     */
    public static RotatingDataSource of(RotatingSecret secret, HikariConfig config) {
        return builder(secret, config).build();
    }

    /**
     * A pool over {@code secret} with options.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static RotatingDataSource.Builder builder(RotatingSecret secret, HikariConfig config) {
        refuseCredentials(secret, config);
        HikariConfig copy = new HikariConfig();
        config.copyStateTo(copy);
        if (copy.getMinimumIdle() == 0) { // below zero it is unset, which HikariCP takes for the maximum
            copy.setMinimumIdle(1);
        }
        return RotatingDataSource.builder(secret, connector(config), credentialed -> {
            copy.setDataSource(credentialed);
            return new HikariConnections(new HikariDataSource(copy));
        });
    }

    /**
     * Takes over a pool that runs already, without rebuilding it: see {@link RotatingDataSource#adopting}. Its user and
     * password are replaced, which HikariCP allows in a sealed configuration; nothing else changes, but for one more in
     * {@code maximumPoolSize} and {@code minimumIdle} while connections are replaced.
     *
     * @throws IllegalArgumentException if the pool does not run, has a credentials provider or names no database
     *     without a credential, or no driver accepts its URL
     */
    public static RotatingDataSource.Builder adopting(RotatingSecret secret, HikariDataSource pool) {
        if (!pool.isRunning()) {
            throw new IllegalArgumentException("the pool does not run; make one by HikariRotation.of");
        }
        if (hasCredentialsProvider(pool)) {
            throw new IllegalArgumentException("the credentials provider of pool " + pool.getPoolName()
                    + " would beat secret " + secret.name() + "; make a pool by HikariRotation.of");
        }
        return RotatingDataSource.adopting(secret, connector(pool), new HikariConnections(pool));
    }

    /**
     * A new pool for each version of the secret, with the settings that {@code settings} tells then, such as another
     * URL: see {@link RotatingDataSource#swapping}. They are copied. Two pools run beside each other for a while: if
     * they have a name or MBeans, let them have names of their own.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static RotatingDataSource.Builder swapping(RotatingSecret secret, Supplier<HikariConfig> settings) {
        connector(refuseCredentials(secret, settings.get()));
        return RotatingDataSource.swapping(
                secret, login -> connector(settings.get()).connect(login), login -> {
                    HikariConfig copy = new HikariConfig();
                    refuseCredentials(secret, settings.get()).copyStateTo(copy);
                    copy.setUsername(login.user());
                    copy.setPassword(login.revealPassword());
                    return new HikariConnections(new HikariDataSource(copy));
                });
    }

    /** There are none before HikariCP 7. */
    private static boolean hasCredentialsProvider(HikariDataSource pool) {
        try {
            return pool.getCredentialsProvider() != null;
        } catch (NoSuchMethodError e) {
            return false;
        }
    }

    private static HikariConfig refuseCredentials(RotatingSecret secret, HikariConfig config) {
        if (config.getUsername() != null || config.getPassword() != null) {
            throw new IllegalArgumentException("the HikariConfig has a username or password, but the login of pool "
                    + config.getPoolName() + " comes from secret " + secret.name() + "; remove them");
        }
        return config;
    }

    private static Connector connector(HikariConfig config) {
        DataSource source = config.getDataSource();
        if (source != null) {
            return Connector.of(source);
        }
        if (config.getJdbcUrl() == null) {
            throw new IllegalArgumentException("the HikariConfig names neither a jdbcUrl nor a dataSource");
        }
        return Connector.of(config.getJdbcUrl(), config.getDataSourceProperties());
    }
}
