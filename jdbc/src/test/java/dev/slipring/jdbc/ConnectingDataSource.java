package dev.slipring.jdbc;

import dev.slipring.jdbc.login.ConnectionSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Asks a source for each connection. */
public final class ConnectingDataSource implements DataSource {
    private final ConnectionSource source;
    private final ByLogin byLogin;

    /** Opens a connection of a login. */
    @FunctionalInterface
    public interface ByLogin {
        Connection open(String user, String password) throws SQLException;
    }

    public ConnectingDataSource(ConnectionSource source) {
        this(source, (user, password) -> {
            throw new SQLException("no other login");
        });
    }

    private ConnectingDataSource(ConnectionSource source, ByLogin byLogin) {
        this.source = source;
        this.byLogin = byLogin;
    }

    /** Has no login of its own. */
    public static ConnectingDataSource byLogin(ByLogin source) {
        return new ConnectingDataSource(
                () -> {
                    throw new SQLException("whose connection?");
                },
                source);
    }

    @Override
    public Connection getConnection() throws SQLException {
        return source.open();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return byLogin.open(user, password);
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
