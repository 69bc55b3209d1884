package dev.slipring.jdbc.dbcp2;

import dev.slipring.jdbc.ConnectionPoolContract;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.keyring.RotatingSecret;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;

class Dbcp2PoolTest extends ConnectionPoolContract {
    @Override
    protected RotatingDataSource.Builder builder(RotatingSecret secret, String url, int maximum, Duration patience) {
        BasicDataSource pool = new BasicDataSource();
        pool.setMaxTotal(maximum);
        pool.setMaxWait(patience);
        pool.setJmxName("org.apache.commons.dbcp2:name=contract");
        return Dbcp2Rotation.builder(secret, Connector.of(url), pool);
    }

    @Override
    protected Class<? extends DataSource> poolType() {
        return BasicDataSource.class;
    }

    @Override
    protected int size(DataSource pool) {
        return active(pool) + ((BasicDataSource) pool).getNumIdle();
    }

    @Override
    protected int active(DataSource pool) {
        return ((BasicDataSource) pool).getNumActive();
    }
}
