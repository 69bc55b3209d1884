package dev.slipring.jdbc.agroal;

import dev.slipring.jdbc.ConnectionPool;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An Agroal pool as rotation sees it.
 *
 * <p>Agroal drops a connection on its return if an exception that went through it was fatal, which its exception
 * sorter decides; so eviction makes the driver throw one, and {@link #sorter} calls it fatal.
 */
final class AgroalConnections implements ConnectionPool {
    private final ThreadLocal<Boolean> evicting = ThreadLocal.withInitial(() -> false);
    private final ReentrantLock evictions = new ReentrantLock();
    private volatile @Nullable AgroalDataSource agroal;

    /** No connection can be unwrapped to this. */
    private interface Nothing {}

    /** What {@code others} says, and that every exception is fatal to a connection that is being evicted. */
    ExceptionSorter sorter(ExceptionSorter others) {
        return failure -> evicting.get() || others.isFatal(failure);
    }

    void over(AgroalDataSource pool) {
        agroal = pool;
    }

    @Override
    public DataSource dataSource() {
        return agroal();
    }

    @Override
    public void evict(Connection pooled) throws SQLException {
        evicting.set(true);
        try {
            pooled.unwrap(Nothing.class);
        } catch (SQLException expected) {
            // that was the point
        } finally {
            evicting.remove();
        }
        closeAndRefill(pooled);
    }

    /** Agroal refills up to the minimum only, and lets callers who wait starve below it. */
    private void closeAndRefill(Connection pooled) throws SQLException {
        AgroalConnectionPoolConfiguration limits = limits();
        evictions.lock();
        int least = limits.minSize();
        try {
            if (waiting() > 0) {
                limits.setMinSize(limits.maxSize());
            }
            pooled.close();
        } finally {
            limits.setMinSize(least);
            evictions.unlock();
        }
    }

    @Override
    public int maximum() {
        return limits().maxSize();
    }

    @Override
    public int idle() {
        return (int) agroal().getMetrics().availableCount();
    }

    @Override
    public int waiting() {
        return (int) agroal().getMetrics().awaitingCount();
    }

    @Override
    public void keepNoneIdle() {
        limits().setMinSize(0);
    }

    @Override
    public void close() {
        agroal().close();
    }

    private AgroalConnectionPoolConfiguration limits() {
        return agroal().getConfiguration().connectionPoolConfiguration();
    }

    private AgroalDataSource agroal() {
        return Objects.requireNonNull(agroal, "agroal");
    }
}
