package dev.slipring.jdbc.login;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Kills a rotator's connection right before or right after its k-th statement that changes something, commits
 * included, once. Right after means that the statement took effect and its reply was lost.
 */
final class Fuse implements ConnectionSource {
    private final ConnectionSource source;
    private final int k;
    private final boolean after;
    private final Runnable meanwhile;
    private int moments;
    private boolean blown;

    Fuse(ConnectionSource source, int k, boolean after) {
        this(source, k, after, () -> {});
    }

    /** Does {@code meanwhile} as well, right before the rotator learns that its connection is gone. */
    Fuse(ConnectionSource source, int k, boolean after, Runnable meanwhile) {
        this.source = source;
        this.meanwhile = meanwhile;
        this.k = k;
        this.after = after;
    }

    boolean blown() {
        return blown;
    }

    @Override
    public Connection open() throws SQLException {
        Connection real = source.open();
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("commit")) {
                return moment(real, "COMMIT", real, method, arguments);
            }
            Object result = call(real, method, arguments);
            if (result instanceof Statement statement && arguments != null) {
                return watched(real, statement, method.getReturnType(), (String) arguments[0]);
            }
            return result instanceof Statement statement
                    ? watched(real, statement, method.getReturnType(), "")
                    : result;
        });
    }

    private Object watched(Connection real, Statement statement, Class<?> type, String prepared) {
        return proxy(type, (proxy, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            String sql = arguments == null ? prepared : (String) arguments[0];
            return moment(real, sql, statement, method, arguments);
        });
    }

    private Object moment(Connection real, String sql, Object target, Method method, Object[] arguments)
            throws Throwable {
        String start = sql.strip().toUpperCase(Locale.ROOT);
        boolean reads = start.startsWith("SELECT") || start.startsWith("SHOW") || start.startsWith("SET ");
        if (reads || moments++ != k) {
            return call(target, method, arguments);
        }
        if (after) {
            call(target, method, arguments);
        }
        blown = true;
        meanwhile.run();
        real.abort(Runnable::run);
        throw new SQLException("killed " + (after ? "after " : "before ") + sql, "08006");
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Fuse.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
