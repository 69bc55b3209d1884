package dev.slipring.jdbc.agroal;

import dev.slipring.jdbc.ConnectionPoolContract;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.keyring.RotatingSecret;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.time.Duration;
import javax.sql.DataSource;

class AgroalPoolTest extends ConnectionPoolContract {
    @Override
    protected RotatingDataSource.Builder builder(RotatingSecret secret, String url, int maximum, Duration patience) {
        return AgroalRotation.builder(
                secret,
                new AgroalDataSourceConfigurationSupplier()
                        .connectionPoolConfiguration(pool -> pool.maxSize(maximum)
                                .acquisitionTimeout(patience)
                                .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url)))
                        .get());
    }

    @Override
    protected Class<? extends DataSource> poolType() {
        return AgroalDataSource.class;
    }

    @Override
    protected int size(DataSource pool) {
        AgroalDataSource agroal = (AgroalDataSource) pool;
        return (int) (agroal.getMetrics().activeCount() + agroal.getMetrics().availableCount());
    }

    @Override
    protected int active(DataSource pool) {
        return (int) ((AgroalDataSource) pool).getMetrics().activeCount();
    }
}
