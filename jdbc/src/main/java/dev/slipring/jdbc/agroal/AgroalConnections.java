package dev.slipring.jdbc.agroal;

import dev.slipring.jdbc.ConnectionPool;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import io.agroal.api.AgroalDataSourceListener;
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
final class AgroalConnections implements ConnectionPool, AgroalDataSourceListener {
    private final ThreadLocal<Boolean> evicting = ThreadLocal.withInitial(() -> false);
    private final ReentrantLock sizing = new ReentrantLock();
    private volatile boolean raised;
    private int minimum;
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
        sizing.lock();
        try {
            if (waiting() > 0) {
                raiseMinimum();
            }
            pooled.close();
        } finally {
            restoreMinimum();
            sizing.unlock();
        }
    }

    /** Fills in the background, so the minimum is restored when that begins. */
    @Override
    public void refill() {
        sizing.lock();
        try {
            raiseMinimum();
            agroal().flush(FlushMode.FILL);
        } finally {
            sizing.unlock();
        }
    }

    /** Agroal is about to open a connection: what a refill asked for has been counted. */
    @Override
    public void beforeConnectionCreation() {
        if (raised) {
            sizing.lock();
            try {
                restoreMinimum();
            } finally {
                sizing.unlock();
            }
        }
    }

    private void raiseMinimum() {
        if (!raised) {
            minimum = limits().minSize();
            limits().setMinSize(limits().maxSize());
            raised = true;
        }
    }

    private void restoreMinimum() {
        if (raised) {
            limits().setMinSize(minimum);
            raised = false;
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
        sizing.lock();
        try {
            restoreMinimum();
            limits().setMinSize(0);
        } finally {
            sizing.unlock();
        }
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
