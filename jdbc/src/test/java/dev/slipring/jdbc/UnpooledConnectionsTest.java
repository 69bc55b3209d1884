package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.keyring.RotatingSecret;
import java.time.Duration;
import javax.sql.DataSource;

class UnpooledConnectionsTest extends ConnectionPoolContract {
    @Override
    protected RotatingDataSource.Builder builder(RotatingSecret secret, String url, int maximum, Duration patience) {
        return RotatingDataSource.builder(secret, Connector.of(url));
    }

    @Override
    protected Class<? extends DataSource> poolType() {
        return null;
    }

    @Override
    protected int size(DataSource pool) {
        throw new AssertionError("no pool");
    }

    @Override
    protected int active(DataSource pool) {
        throw new AssertionError("no pool");
    }
}
