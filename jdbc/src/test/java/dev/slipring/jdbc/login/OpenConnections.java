package dev.slipring.jdbc.login;

import dev.slipring.jdbc.ConnectingDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Opens a connection whenever it is asked for one, and knows how many are open. */
final class OpenConnections {
    private final String url;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();

    OpenConnections(String url) {
        this.url = url;
    }

    /** What asks, for a connection of any login. */
    DataSource source() {
        return ConnectingDataSource.byLogin(this::open);
    }

    /** Most that were open at one time. */
    int peak() {
        return peak.get();
    }

    private Connection open(String user, String password) throws SQLException {
        Connection real = DriverManager.getConnection(url, user, password);
        peak.accumulateAndGet(open.incrementAndGet(), Math::max);
        AtomicBoolean closed = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        boolean ends = method.getName().equals("close")
                                || method.getName().equals("abort");
                        if (ends && closed.compareAndSet(false, true)) {
                            open.decrementAndGet();
                        }
                    }
                });
    }
}
