package dev.slipring.jdbc;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A connection to nothing, with which a refusal reaches the callers who wait in the pool.
 *
 * <p>A pool has no other way to wake them before its whole connection time-out is over. While the pool's own
 * thread, the one that made it, sets the connection up, everything seems to work; for every other thread
 * everything but closing throws the refusal. The {@link RotatingDataSource} discards it at check-out.
 */
final class HollowConnection {
    private HollowConnection() {}

    static Connection of(SQLException refusal) {
        return hollow(Connection.class, Thread.currentThread(), refusal);
    }

    private static <T> T hollow(Class<T> type, Thread maker, SQLException refusal) {
        Object proxy = Proxy.newProxyInstance(
                HollowConnection.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answer(self, method, arguments, maker, refusal));
        return type.cast(proxy);
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself only
    private static @Nullable Object answer(
            Object self, Method method, Object @Nullable [] arguments, Thread maker, SQLException refusal)
            throws SQLException {
        return switch (method.getName()) {
            case "toString" -> "no connection (" + refusal.getMessage() + ")";
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> arguments != null && self == arguments[0];
            case "close", "abort", "setNetworkTimeout" -> null;
            case "isClosed" -> false; // DBCP looks before it keeps a connection
            default -> {
                if (Thread.currentThread() != maker) {
                    throw refusal;
                }
                yield nothing(method.getReturnType(), maker, refusal);
            }
        };
    }

    private static @Nullable Object nothing(Class<?> type, Thread maker, SQLException refusal) {
        if (type == boolean.class) {
            return true;
        }
        if (type == int.class) {
            return 0;
        }
        return Statement.class.isAssignableFrom(type) ? hollow(type, maker, refusal) : null;
    }
}
