package dev.slipring.jdbc.tomcat;

import dev.slipring.jdbc.ConnectionPoolContract;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.keyring.RotatingSecret;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

class TomcatPoolTest extends ConnectionPoolContract {
    @Override
    protected RotatingDataSource.Builder builder(RotatingSecret secret, String url, int maximum, Duration patience) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(url);
        properties.setMaxActive(maximum);
        properties.setMaxIdle(maximum);
        properties.setInitialSize(0);
        properties.setMinIdle(0);
        properties.setMaxWait((int) patience.toMillis());
        properties.setRollbackOnReturn(true);
        return TomcatRotation.builder(secret, properties);
    }

    @Override
    protected Class<? extends DataSource> poolType() {
        return org.apache.tomcat.jdbc.pool.DataSource.class;
    }

    @Override
    protected int size(DataSource pool) {
        return ((org.apache.tomcat.jdbc.pool.DataSource) pool).getSize();
    }

    @Override
    protected int active(DataSource pool) {
        return ((org.apache.tomcat.jdbc.pool.DataSource) pool).getActive();
    }
}
