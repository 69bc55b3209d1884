package dev.slipring.jdbc.dbcp2;

import dev.slipring.jdbc.ConnectionPool;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.SourceDriver;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.keyring.RotatingSecret;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;

/**
 * Lets the login of a DBCP pool rotate. The {@code BasicDataSource} is configured and not started; it keeps every
 * setting, but its driver is replaced by one that knows the login. The database and the properties of its driver
 * are the connector's, since a {@code BasicDataSource} does not tell its {@code connectionProperties}.
 */
@SuppressWarnings("exports") // DBCP is optional: whoever calls this has it
public final class Dbcp2Rotation {
    private Dbcp2Rotation() {}

    /**
     * The pool over {@code secret} with the usual options; closing it closes the pool.
     *
     * @throws IllegalArgumentException if the pool has a user name or has started already
     */
    public static RotatingDataSource of(RotatingSecret secret, Connector connector, BasicDataSource pool) {
        return builder(secret, connector, pool).build();
    }

    /**
     * The pool over {@code secret} with options.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static RotatingDataSource.Builder builder(RotatingSecret secret, Connector connector, BasicDataSource pool) {
        if (pool.getUserName() != null) {
            throw new IllegalArgumentException("the BasicDataSource has a user name, but the login comes from secret "
                    + secret.name() + "; remove user name and password");
        }
        if (pool.getConnectionPool() != null) {
            throw new IllegalArgumentException("the BasicDataSource has started; rotation must be there before");
        }
        return RotatingDataSource.builder(secret, connector, source -> started(pool, source));
    }

    private static ConnectionPool started(BasicDataSource pool, DataSource source) {
        pool.setDriver(SourceDriver.of(source));
        try {
            pool.start();
        } catch (SQLException e) {
            throw new IllegalStateException("the DBCP pool could not start", e);
        }
        return new Dbcp2Connections(pool);
    }
}
