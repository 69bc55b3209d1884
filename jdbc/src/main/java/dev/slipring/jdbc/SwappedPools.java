package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Login;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * One pool per generation. The next one is made and tried beside the present one, and takes its place at once; the
 * old one gives its idle connections up, the borrowed ones as they return, and is closed when the last is back.
 */
final class SwappedPools implements ConnectionPool, Supply {
    private final Function<Login, ConnectionPool> making;
    private final CredentialedDataSource source;
    private final DataSource front = new SwappedDataSource(this);
    private final Queue<Generation> leaving = new ConcurrentLinkedQueue<>();
    private volatile Generation present;

    /** A pool and who is at it: a place is taken before a connection is asked for. */
    private static final class Generation {
        private final int number;
        private final ConnectionPool pool;
        private final Ticket open;
        private final Set<Ticket> places = ConcurrentHashMap.newKeySet();
        private volatile boolean left;

        Generation(int number, ConnectionPool pool) {
            this.number = number;
            this.pool = pool;
            this.open = new Ticket(number, null);
        }
    }

    /** A connection that knows where it came from. */
    private static final class Swapped extends ForwardingConnection {
        private final Generation from;
        private final Ticket ticket;
        private final AtomicBoolean returned = new AtomicBoolean();

        Swapped(Connection pooled, Generation from, Ticket ticket) {
            super(pooled);
            this.from = from;
            this.ticket = ticket;
        }

        /** Who still waits in a pool that is left gets the connection: not every pool would open one for him. */
        @Override
        public void close() throws SQLException {
            giveBack(from.left && from.pool.waiting() == 0);
        }

        void giveBack(boolean forGood) throws SQLException {
            if (returned.getAndSet(true)) {
                return;
            }
            try {
                if (forGood) {
                    from.pool.evict(delegate);
                } else {
                    delegate.close();
                }
            } finally {
                from.places.remove(ticket);
            }
        }
    }

    SwappedPools(Function<Login, ConnectionPool> making, CredentialedDataSource source) {
        this.making = making;
        this.source = source;
        Credential first = source.logins().current();
        this.present = new Generation(first.generation(), making.apply(first.login()));
    }

    /** A connection of the pool that is in place when it is asked for. */
    Connection borrow() throws SQLException {
        while (true) {
            Generation from = present;
            Ticket ticket = new Ticket(from.number, null);
            from.places.add(ticket);
            if (from == present) { // or it may be closed at any moment
                return borrow(from, ticket);
            }
            from.places.remove(ticket);
        }
    }

    private Connection borrow(Generation from, Ticket ticket) throws SQLException {
        boolean given = false;
        try {
            Connection pooled = from.pool.dataSource().getConnection();
            given = true;
            ticket.opened(pooled);
            source.openedByPool(null);
            return new Swapped(pooled, from, ticket);
        } finally {
            if (!given) {
                from.places.remove(ticket);
            }
        }
    }

    /** The pool in place. */
    DataSource present() {
        return present.pool.dataSource();
    }

    // ---- supply

    @Override
    public Ticket ticketOf(Connection pooled) {
        return ((Swapped) pooled).ticket;
    }

    @Override
    public void prepare(Credential next) throws SQLException {
        ConnectionPool made = making.apply(next.login());
        try (Connection first = made.dataSource().getConnection()) {
            first.getMetaData();
        } catch (SQLException | RuntimeException e) {
            made.close();
            throw e;
        }
        Generation old = present;
        old.pool.keepNoneIdle();
        present = new Generation(next.generation(), made);
        leaving.add(old);
        old.left = true;
    }

    @Override
    public List<Ticket> outdated() {
        List<Ticket> outdated = new ArrayList<>();
        for (Generation old : leaving) {
            outdated.addAll(old.places);
            outdated.add(old.open);
        }
        return outdated;
    }

    /** Those that are borrowed or idle. */
    @Override
    public int current() {
        Generation now = present;
        return now.places.size() + now.pool.idle();
    }

    /** There is nothing to replace; this closes what nobody uses any more. */
    @Override
    public boolean makeReady() throws SQLException {
        for (Generation old : List.copyOf(leaving)) {
            for (int idle = old.pool.idle(); idle > 0; idle--) {
                old.pool.evict(old.pool.dataSource().getConnection());
            }
            if (old.places.isEmpty()) {
                old.pool.close();
                leaving.remove(old);
            }
        }
        return false;
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public void finish() {}

    @Override
    public void failed(SQLException why) {
        source.openedByPool(why);
    }

    // ---- pool

    @Override
    public DataSource dataSource() {
        return front;
    }

    @Override
    public void evict(Connection pooled) throws SQLException {
        ((Swapped) pooled).giveBack(true);
    }

    @Override
    public int maximum() {
        return present.pool.maximum();
    }

    @Override
    public int idle() {
        return present.pool.idle();
    }

    @Override
    public int waiting() {
        return present.pool.waiting();
    }

    @Override
    public void close() {
        present.pool.close();
        for (Generation old : leaving) {
            old.pool.close();
        }
    }
}
