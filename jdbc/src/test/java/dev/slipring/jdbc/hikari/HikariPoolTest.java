package dev.slipring.jdbc.hikari;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.slipring.jdbc.ConnectionPoolContract;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.keyring.RotatingSecret;
import java.time.Duration;
import javax.sql.DataSource;

class HikariPoolTest extends ConnectionPoolContract {
    @Override
    protected RotatingDataSource.Builder builder(RotatingSecret secret, String url, int maximum, Duration patience) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(maximum);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(patience.toMillis());
        config.setRegisterMbeans(true);
        return HikariRotation.builder(secret, config);
    }

    @Override
    protected Class<? extends DataSource> poolType() {
        return HikariDataSource.class;
    }

    @Override
    protected int size(DataSource pool) {
        return ((HikariDataSource) pool).getHikariPoolMXBean().getTotalConnections();
    }

    @Override
    protected int active(DataSource pool) {
        return ((HikariDataSource) pool).getHikariPoolMXBean().getActiveConnections();
    }
}
