package dev.slipring.jdbc;

import dev.slipring.keyring.Measure;
import dev.slipring.keyring.Measures;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the connections of other generations, make before break: at most one retires per pace, and only
 * while the {@link Supply} has a replacement ready.
 *
 * <p>Connections retire when they are returned. Those that nobody borrows are borrowed here, once returns
 * have not used the permit for a whole pace. None is killed unless the application chose to, and then not
 * silently. {@link #tick()} is called by one thread at a time, {@link #retiresNow()} by any.
 */
final class Drain implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

    private final CredentialedDataSource source;
    private final ConnectionPool pool;
    private final Supply supply;
    private final Ticker ticker;
    private final Pacing pacing;
    private final AtomicLong lastRetired = new AtomicLong();
    private volatile List<RotatingSecret.Subscription> shown = List.of();
    private volatile boolean running;
    private long begun;
    private long reported;
    private long wait;

    /** How fast connections are replaced, in nanoseconds: between two, before a report, from then until an abort. */
    record Pacing(long pace, long deadline, long abortAfter) {
        /** Stands for an abort that never comes. */
        static final long NEVER = Long.MAX_VALUE;
    }

    Drain(CredentialedDataSource source, ConnectionPool pool, Supply supply, Ticker ticker, Pacing pacing) {
        this.source = source;
        this.pool = pool;
        this.supply = supply;
        this.ticker = ticker;
        this.pacing = pacing;
    }

    /** Lets later connections be of {@code next}: see {@link Supply#prepare}. */
    void prepare(Credential next) throws SQLException {
        supply.prepare(next);
    }

    void begin() {
        begun = ticker.nanos();
        reported = begun;
        wait = pacing.pace;
        lastRetired.set(begun - pacing.pace);
        running = true;
    }

    /** The same for good. */
    @Override
    public void close() {
        shown.forEach(RotatingSecret.Subscription::close);
        end();
    }

    /** Shows how many connections are open, until this is closed. */
    void show(Measures measures) {
        String name = "slipring.jdbc.generation.connections";
        shown = List.of(
                measures.add(Measure.gauge(name, Map.of("slot", "current"), supply::current)),
                measures.add(Measure.gauge(
                        name, Map.of("slot", "draining"), () -> outdated().size())));
    }

    /** Drops replacements; nothing retires any more. */
    void end() {
        running = false;
        supply.finish();
    }

    /** The open connections of other generations, those being opened included. */
    List<Ticket> outdated() {
        return supply.outdated();
    }

    /** Whether one connection may retire now; if so, that was the permit. */
    boolean retiresNow() {
        if (!running || !supply.isReady()) {
            return false;
        }
        long last = lastRetired.get();
        long now = ticker.nanos();
        return now - last >= pacing.pace && lastRetired.compareAndSet(last, now);
    }

    /** Readies a replacement, retires an idle connection if it is time, reports; returns nanoseconds until the next call. */
    long tick() {
        boolean anyIdle = watchHolders();
        try {
            boolean ready = supply.makeReady();
            wait = pacing.pace;
            if (ready && anyIdle && ticker.nanos() - lastRetired.get() >= 2 * pacing.pace) {
                retireIdle();
            }
        } catch (SQLException e) {
            wait = Math.min(2 * wait, LONGEST_WAIT);
            LOG.debug("no replacement yet: {}", e.getMessage());
        }
        return wait;
    }

    /** Closes a pooled connection that its borrower is done with, and takes it out of the pool if it may retire. */
    void giveBack(Connection pooled, Ticket ticket) throws SQLException {
        if (!pooled.isClosed() && source.retires(ticket)) {
            supply.retiring();
            pool.evict(pooled);
        } else {
            pooled.close();
        }
    }

    /** Borrows idle connections until one is outdated; the pool may retire one by itself as it tests them. */
    private void retireIdle() throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        try {
            for (int idle = pool.idle(); idle > 0; idle--) {
                Connection pooled = pool.dataSource().getConnection();
                Ticket ticket = supply.ticketOf(pooled);
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

    /** How many callers wait in the pool. */
    int waiting() {
        return pool.waiting();
    }

    /** Has the pool ask again for those who wait in it: what it gets tells them, if that is only a refusal. */
    void askForWaiting() {
        if (waiting() > 0) {
            pool.refill();
        }
    }

    /** Looks after those that are borrowed; whether any of the outdated ones is not. */
    private boolean watchHolders() {
        long now = ticker.nanos();
        List<Ticket> outdated = supply.outdated();
        outdated.forEach(ticket -> ticket.watch(now));
        if (now - reported >= pacing.deadline) {
            reported = now;
            LOG.atWarn()
                    .addKeyValue("since", Duration.ofNanos(now - begun))
                    .addKeyValue(
                            "holders",
                            outdated.stream().map(ticket -> ticket.holding(now)).collect(Collectors.joining("; ")))
                    .log("connections of a replaced login are still open; waiting");
        }
        if (pacing.abortAfter != Pacing.NEVER && now - begun >= pacing.deadline + pacing.abortAfter) {
            outdated.stream().filter(ticket -> ticket.holder() != null).forEach(ticket -> abort(ticket, now));
        }
        return outdated.stream().anyMatch(ticket -> ticket.holder() == null);
    }

    /** Breaks the connection under its holder, who learns by an exception and still has to return it. */
    private static void abort(Ticket ticket, long now) {
        Connection physical = ticket.takePhysical();
        if (physical == null) {
            return;
        }
        LOG.atError()
                .addKeyValue("connection", ticket.holding(now))
                .log("aborting a connection of a replaced login, whose time after the drain deadline is over");
        try {
            physical.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("the connection could not be aborted");
        }
    }
}
