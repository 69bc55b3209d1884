package dev.slipring.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Real connections, with a watcher that is told of each call to the database before and after it, and may break it. */
public final class WatchedDataSource {
    private WatchedDataSource() {}

    /** Told of each call; what it throws is what the caller gets. */
    @FunctionalInterface
    public interface Watcher {
        /** {@code connection} is the real one, which may be aborted; {@code method} as in close or statement.close. */
        void on(Connection connection, String method, boolean done) throws SQLException;
    }

    /** Breaks the connection at the call with one number, counted over befores and afters; 0 breaks none. */
    public static final class Breaker implements Watcher {
        private int at;
        private int calls;
        private boolean broken;

        public void breakAt(int number) {
            at = number;
            calls = 0;
            broken = false;
        }

        public boolean hasBroken() {
            return broken;
        }

        @Override
        public void on(Connection connection, String method, boolean done) throws SQLException {
            boolean ofUs = !method.matches("(statement\\.)?(get|is|close|abort).*");
            if (ofUs && ++calls == at) {
                broken = true;
                connection.abort(Runnable::run);
                throw new SQLException("the connection broke with a value: hunter2", "08006");
            }
        }
    }

    public static DataSource around(DataSource source, Watcher watcher) {
        return new ConnectingDataSource(() -> {
            Connection real = source.getConnection();
            return watched(Connection.class, real, real, watcher);
        });
    }

    private static <T> T watched(Class<T> type, T target, Connection connection, Watcher watcher) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            String call = (target == connection ? "" : "statement.") + method.getName();
            watcher.on(connection, call, false);
            Object result;
            try {
                result = method.invoke(target, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            watcher.on(connection, call, true);
            if (result instanceof PreparedStatement statement) {
                return watched(PreparedStatement.class, statement, connection, watcher);
            }
            return result instanceof Statement statement
                    ? watched(Statement.class, statement, connection, watcher)
                    : result;
        }));
    }
}
