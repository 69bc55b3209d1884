package dev.slipring.jdbc.agroal;

import dev.slipring.jdbc.ConnectionPool;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.SourceDriver;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.keyring.RotatingSecret;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.agroal.api.configuration.AgroalDataSourceConfiguration;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Makes Agroal pools whose login rotates. The configuration is copied and keeps its settings, but for the login and
 * XA; metrics are enabled, since rotation counts by them.
 *
 * <p>The database is named by {@code jdbcUrl}, with driver properties as {@code jdbcProperty}.
 */
@SuppressWarnings("exports") // Agroal is optional: whoever calls this has it
public final class AgroalRotation {
    private AgroalRotation() {}

    /**
     * A pool over {@code secret} with the usual options; closing it closes the pool.
     *
     * @throws IllegalArgumentException if the configuration holds a credential or names no database, or no
     *     driver accepts its URL
     */
    public static RotatingDataSource of(RotatingSecret secret, AgroalDataSourceConfiguration configuration) {
        return builder(secret, configuration).build();
    }

    /**
     * A pool over {@code secret} with options.
     *
     * @throws IllegalArgumentException as {@link #of}
     */
    public static RotatingDataSource.Builder builder(
            RotatingSecret secret, AgroalDataSourceConfiguration configuration) {
        AgroalConnectionFactoryConfiguration factory =
                configuration.connectionPoolConfiguration().connectionFactoryConfiguration();
        if (factory.principal() != null || !factory.credentials().isEmpty()) {
            throw new IllegalArgumentException("the Agroal configuration has a principal or a credential, but the login"
                    + " comes from secret " + secret.name() + "; remove them");
        }
        if (factory.jdbcUrl() == null || factory.jdbcUrl().isEmpty()) {
            throw new IllegalArgumentException("the Agroal configuration names no jdbcUrl");
        }
        Connector connector = Connector.of(factory.jdbcUrl(), factory.jdbcProperties());
        return RotatingDataSource.builder(secret, connector, source -> pool(configuration, source));
    }

    private static ConnectionPool pool(AgroalDataSourceConfiguration configuration, DataSource source) {
        AgroalConnectionPoolConfiguration given = configuration.connectionPoolConfiguration();
        AgroalConnections connections = new AgroalConnections();
        AgroalDataSourceConfigurationSupplier copy = new AgroalDataSourceConfigurationSupplier()
                .dataSourceImplementation(configuration.dataSourceImplementation())
                .metricsEnabled()
                .connectionPoolConfiguration(new AgroalConnectionPoolConfigurationSupplier(given)
                        .exceptionSorter(connections.sorter(given.exceptionSorter()))
                        .connectionFactoryConfiguration(factory(given.connectionFactoryConfiguration(), source)));
        try {
            connections.over(AgroalDataSource.from(copy, connections));
            return connections;
        } catch (SQLException e) {
            throw new IllegalStateException("the Agroal pool could not be made", e);
        }
    }

    /** Agroal wants a class of driver and makes the instance; the source reaches it as the credential of the pool. */
    private static AgroalConnectionFactoryConfigurationSupplier factory(
            AgroalConnectionFactoryConfiguration given, DataSource source) {
        AgroalConnectionFactoryConfigurationSupplier factory = new AgroalConnectionFactoryConfigurationSupplier()
                .connectionProviderClass(SourceDriver.class)
                .credential(source)
                .addSecurityProvider(credential -> source.equals(credential) ? SourceDriver.through(source) : null)
                .jdbcUrl(given.jdbcUrl())
                .autoCommit(given.autoCommit())
                .readOnly(given.readOnly())
                .trackJdbcResources(given.trackJdbcResources())
                .loginTimeout(given.loginTimeout())
                .networkTimeout(given.networkTimeout())
                .initialSql(given.initialSql());
        return given.jdbcTransactionIsolation().isDefined()
                ? factory.jdbcTransactionIsolation(
                        given.jdbcTransactionIsolation().level())
                : factory;
    }
}
