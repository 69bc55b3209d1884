package dev.slipring.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The pool opens its connections itself, and each is known from its first check-out on: by the user that it says it
 * is logged in as, asked once. Those not seen yet count as outdated during a drain. Instead of a spare the pool gets
 * room for one connection more.
 */
final class AdoptedSupply implements Supply {
    private final CredentialedDataSource source;
    private final SelfConnectingPool pool;
    private final Map<Connection, Ticket> known = new ConcurrentHashMap<>();

    AdoptedSupply(CredentialedDataSource source, SelfConnectingPool pool) {
        this.source = source;
        this.pool = pool;
        pool.use(source.logins().current().login());
    }

    @Override
    public Ticket ticketOf(Connection pooled) throws SQLException {
        Connection physical = pooled.unwrap(Connection.class);
        Ticket ticket = known.get(physical);
        return ticket != null ? ticket : firstSeen(physical);
    }

    private Ticket firstSeen(Connection physical) throws SQLException {
        Ticket ticket = new Ticket(generationOf(physical), null);
        ticket.opened(physical);
        known.put(physical, ticket);
        if (ticket.generation() == source.generation()) {
            source.openedByPool(null);
        }
        return ticket;
    }

    /** Generation 0 is that of logins from before the adoption. */
    private int generationOf(Connection physical) throws SQLException {
        CredentialedDataSource.Logins logins = source.logins();
        if (isOf(logins.current(), physical.getMetaData().getUserName())) {
            return logins.current().generation();
        }
        Credential previous = logins.previous();
        return previous == null ? 0 : previous.generation();
    }

    /** MariaDB and MySQL add the host; some databases fold case. */
    private static boolean isOf(Credential credential, @Nullable String reported) {
        if (reported == null) {
            return true;
        }
        String user = credential.login().user().toLowerCase(Locale.ROOT);
        String said = reported.toLowerCase(Locale.ROOT);
        return said.equals(user) || said.startsWith(user + "@");
    }

    /** If the user stays the same, only what was seen before the switch can be told from what came after it. */
    @Override
    public void prepare(Credential next) throws SQLException {
        if (next.login().user().equals(source.logins().current().login().user())) {
            lookAtIdle();
        }
        pool.use(next.login());
    }

    private void lookAtIdle() throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        try {
            for (int idle = pool.idle(); idle > 0; idle--) {
                Connection pooled = pool.dataSource().getConnection();
                borrowed.add(pooled);
                ticketOf(pooled);
            }
        } finally {
            for (Connection pooled : borrowed) {
                pooled.close();
            }
        }
    }

    @Override
    public List<Ticket> outdated() {
        known.keySet().removeIf(AdoptedSupply::isClosed);
        List<Ticket> outdated = new ArrayList<>();
        for (Ticket ticket : known.values()) {
            if (ticket.generation() != source.generation()) {
                outdated.add(ticket);
            }
        }
        Credential previous = source.logins().previous();
        if (previous != null) {
            for (int unseen = pool.size() - known.size(); unseen > 0; unseen--) {
                outdated.add(new Ticket(previous.generation(), null));
            }
        }
        return outdated;
    }

    @Override
    public int current() {
        return Math.max(0, pool.size() - outdated().size());
    }

    private static boolean isClosed(Connection physical) {
        try {
            return physical.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** The pool opens the one more when somebody waits for it, or when one retires. */
    @Override
    public boolean makeReady() {
        pool.extend(true);
        return isReady();
    }

    @Override
    public boolean isReady() {
        return pool.size() > pool.maximum() || pool.waiting() == 0;
    }

    /** The last one makes room by itself for what was more. */
    @Override
    public void retiring() {
        if (outdated().size() <= 1 && pool.size() > pool.maximum()) {
            pool.extend(false);
        }
    }

    @Override
    public void finish() {
        pool.extend(false);
    }

    @Override
    public void failed(SQLException why) {
        source.openedByPool(why);
    }
}
