package dev.slipring.jdbc.tomcat;

import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.keyring.RotatingSecret;
import java.util.Properties;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolConfiguration;

/**
 * Makes Tomcat JDBC pools whose login rotates. The configuration is the pool's from then on and keeps every
 * setting; only its {@code dataSource} is replaced by one that knows the login.
 *
 * <p>The database is named by {@code url}, with driver properties as {@code dbProperties}, or by a
 * {@code dataSource} that takes user and password.
 */
@SuppressWarnings("exports") // the pool is optional: whoever calls this has it
public final class TomcatRotation {
    private TomcatRotation() {}

    /**
     * A pool over {@code secret} with the usual options; closing it closes the pool.
     *
     * @throws IllegalArgumentException if the configuration holds a credential or names no database, or no
     *     driver accepts its URL
     */
    public static RotatingDataSource of(RotatingSecret secret, PoolConfiguration configuration) {
        return builder(secret, configuration).build();
    }

    /**
     * A pool over {@code secret} with options.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static RotatingDataSource.Builder builder(RotatingSecret secret, PoolConfiguration configuration) {
        if (configuration.getUsername() != null || configuration.getPassword() != null) {
            throw new IllegalArgumentException(
                    "the PoolConfiguration has a username or password, but the login of pool " + configuration.getName()
                            + " comes from secret " + secret.name() + "; remove them");
        }
        return RotatingDataSource.builder(secret, connector(configuration), source -> {
            configuration.setDataSource(source);
            return new TomcatConnections(new DataSource(configuration));
        });
    }

    private static Connector connector(PoolConfiguration configuration) {
        if (configuration.getDataSource() instanceof javax.sql.DataSource source) {
            return Connector.of(source);
        }
        if (configuration.getUrl() == null) {
            throw new IllegalArgumentException("the PoolConfiguration names neither a url nor a dataSource");
        }
        Properties properties = configuration.getDbProperties();
        return Connector.of(configuration.getUrl(), properties == null ? new Properties() : properties);
    }
}
