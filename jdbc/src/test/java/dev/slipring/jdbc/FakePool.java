package dev.slipring.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The smallest pool: fixed size, filled at once, refilled when a connection is evicted, never waits. */
final class FakePool implements ConnectionPool {
    private final DataSource source;
    private final int maximum;
    private int opening;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Map<Connection, Connection> given = new HashMap<>();

    FakePool(DataSource source, int maximum) {
        this.source = source;
        this.maximum = maximum;
        refill();
    }

    @Override
    public DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "unwrap" -> source.unwrap((Class<?>) arguments[0]);
                    case "isWrapperFor" -> source.isWrapperFor((Class<?>) arguments[0]);
                    default -> borrow();
                });
    }

    private Connection borrow() throws SQLException {
        refill();
        Connection physical = idle.pollFirst();
        if (physical == null) {
            throw new SQLException("the fake pool is exhausted", "08001");
        }
        Pooled pooled = new Pooled(physical);
        given.put(pooled, physical);
        return pooled;
    }

    /** Fills the pool up, as long as the database allows. */
    @Override
    public void refill() {
        while (idle.size() + inUse() + opening < maximum) {
            opening++;
            try {
                idle.addLast(source.getConnection());
            } catch (SQLException e) {
                return;
            } finally {
                opening--;
            }
        }
    }

    private int inUse() {
        return (int) given.values().stream()
                .distinct()
                .filter(physical -> !idle.contains(physical))
                .count();
    }

    @Override
    public void evict(Connection pooled) {
        Connection physical = given.remove(pooled);
        idle.remove(physical);
        given.values().removeAll(List.of(physical));
        try {
            physical.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        refill();
    }

    @Override
    public int maximum() {
        return maximum;
    }

    @Override
    public int idle() {
        return idle.size();
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public void close() {
        idle.clear();
    }

    final class Pooled extends ForwardingConnection {
        private boolean closed;

        Pooled(Connection physical) {
            super(physical);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                idle.addLast(delegate);
            }
        }

        @Override
        public boolean isClosed() {
            return closed;
        }
    }
}
