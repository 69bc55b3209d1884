package dev.slipring.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Whichever pool is in place at the moment of the call. */
final class SwappedDataSource implements DataSource {
    private final SwappedPools pools;

    SwappedDataSource(SwappedPools pools) {
        this.pools = pools;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return pools.borrow();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the login comes from a rotating secret");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        DataSource present = pools.present();
        return type.isInstance(present) ? type.cast(present) : present.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        DataSource present = pools.present();
        return type.isInstance(present) || present.isWrapperFor(type);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return pools.present().getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        pools.present().setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pools.present().setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pools.present().getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pools.present().getParentLogger();
    }

    @Override
    public String toString() {
        return "SwappedDataSource[" + pools.present() + "]";
    }
}
