package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;

/**
 * The PostgreSQL driver under {@code jdbc:counted:}, which counts what is open: the server learns of a closed
 * connection a moment later. One URL is counted at a time.
 */
public final class CountingDriver implements Driver {
    private static final String PREFIX = "jdbc:counted:";
    private static final AtomicReference<Runnable> DURING_NEXT_CONNECT = new AtomicReference<>();

    private static volatile Counter counter = new Counter();

    static {
        try {
            DriverManager.registerDriver(new CountingDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private CountingDriver() {}

    /** The URL of the test database for counted connections, whose count starts afresh. */
    public static String url() {
        counter = new Counter();
        DURING_NEXT_CONNECT.set(null);
        return PREFIX + PostgresServer.url().substring("jdbc:".length());
    }

    public static int open() {
        return counter.open();
    }

    public static int peak() {
        return counter.peak();
    }

    /** Runs {@code event} while the next connection is being opened. */
    static void onNextConnect(Runnable event) {
        DURING_NEXT_CONNECT.set(event);
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        String real = "jdbc:" + url.substring(PREFIX.length());
        Counter now = counter;
        now.add(1);
        try {
            Connection connection = new Counted(DriverManager.getDriver(real).connect(real, properties), now);
            Runnable meanwhile = DURING_NEXT_CONNECT.getAndSet(null);
            if (meanwhile != null) {
                meanwhile.run();
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            now.add(-1);
            throw e;
        }
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    private static final class Counter {
        private int open;
        private int peak;

        synchronized void add(int change) {
            open += change;
            peak = Math.max(peak, open);
        }

        synchronized int open() {
            return open;
        }

        synchronized int peak() {
            return peak;
        }
    }

    private static final class Counted extends ForwardingConnection {
        private final AtomicBoolean counted = new AtomicBoolean(true);

        private final Counter counter;

        Counted(Connection delegate, Counter counter) {
            super(delegate);
            this.counter = counter;
        }

        @Override
        public void close() throws SQLException {
            try {
                delegate.close();
            } finally {
                leave();
            }
        }

        @Override
        public void abort(Executor executor) throws SQLException {
            try {
                delegate.abort(executor);
            } finally {
                leave();
            }
        }

        private void leave() {
            if (counted.getAndSet(false)) {
                counter.add(-1);
            }
        }

        @Override
        public String toString() {
            return delegate.toString();
        }
    }
}
