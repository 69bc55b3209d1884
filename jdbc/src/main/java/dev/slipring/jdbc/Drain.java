package dev.slipring.jdbc;

import dev.slipring.keyring.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the connections of other generations, make before break: at most one retires per pace, and only
 * while a spare of the present generation is warm for the pool to take in its place.
 *
 * <p>Connections retire when they are returned. Those that nobody borrows are borrowed here, once returns
 * have not used the permit for a whole pace. Nothing is ever killed. {@link #tick()} is called by one thread at
 * a time, {@link #retiresNow()} by any.
 */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

    private final CredentialedDataSource source;
    private final ConnectionPool pool;
    private final Ticker ticker;
    private final long pace;
    private final long deadline;
    private final AtomicLong lastRetired = new AtomicLong();
    private volatile boolean running;
    private long begun;
    private long reported;
    private long wait;

    Drain(CredentialedDataSource source, ConnectionPool pool, Ticker ticker, Duration pace, Duration deadline) {
        this.source = source;
        this.pool = pool;
        this.ticker = ticker;
        this.pace = pace.toNanos();
        this.deadline = deadline.toNanos();
    }

    void begin() {
        begun = ticker.nanos();
        reported = begun;
        wait = pace;
        lastRetired.set(begun - pace);
        running = true;
    }

    /** Drops the spare; nothing retires any more. */
    void end() {
        running = false;
        source.cool();
    }

    /** Whether one connection may retire now; if so, that was the permit. */
    boolean retiresNow() {
        if (!running || !source.warmed()) {
            return false;
        }
        long last = lastRetired.get();
        long now = ticker.nanos();
        return now - last >= pace && lastRetired.compareAndSet(last, now);
    }

    /** Warms a spare, retires an idle connection if it is time, reports; returns nanoseconds until the next call. */
    long tick() {
        reportHolders();
        try {
            boolean warm = source.warm(pool.maximum());
            wait = pace;
            if (warm && ticker.nanos() - lastRetired.get() >= 2 * pace) {
                retireIdle();
            }
        } catch (SQLException e) {
            wait = Math.min(2 * wait, LONGEST_WAIT);
            LOG.debug("no spare connection yet: {}", e.getMessage());
        }
        return wait;
    }

    /** Closes a pooled connection that its borrower is done with, and takes it out of the pool if it may retire. */
    void giveBack(Connection pooled, Ticket ticket) throws SQLException {
        boolean retires = !pooled.isClosed() && source.retires(ticket);
        try {
            pooled.close(); // first: a pool rolls back and resets here, and HikariCP throws in the other order
        } finally {
            if (retires) {
                pool.evict(pooled);
            }
        }
    }

    /** Borrows idle connections until one is outdated; the pool may retire one by itself as it tests them. */
    private void retireIdle() throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        try {
            for (int idle = pool.idle(); idle > 0; idle--) {
                Connection pooled = pool.dataSource().getConnection();
                Ticket ticket = pooled.unwrap(PhysicalConnection.class).ticket();
                if (ticket.generation() != source.generation()) {
                    giveBack(pooled, ticket);
                    return;
                }
                borrowed.add(pooled);
            }
        } finally {
            for (Connection pooled : borrowed) {
                pooled.close();
            }
        }
    }

    private void reportHolders() {
        long now = ticker.nanos();
        if (now - reported < deadline) {
            return;
        }
        reported = now;
        String holders = source.outdated().stream()
                .map(ticket -> "generation " + ticket.generation() + " held by "
                        + (ticket.holder() == null ? "nobody" : "thread " + ticket.holder()))
                .collect(Collectors.joining("; "));
        LOG.atWarn()
                .addKeyValue("since", Duration.ofNanos(now - begun))
                .addKeyValue("holders", holders)
                .log("connections of a replaced login are still open; waiting");
    }
}
