package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.LoginFailure;
import dev.slipring.keyring.Ticker;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pool gets as its {@code DataSource}: it alone knows the login, and opens physical connections with
 * whichever is in force. Made by {@link RotatingDataSource}; applications meet it only through
 * {@code unwrap}.
 *
 * <p>Each connection carries the generation of its login, read before connecting began. If the database
 * refuses the login, the same call tries the pending and the previous one, without sleeping, behind a
 * breaker that all pools of the process share per account. Safe for use by several threads.
 */
public final class CredentialedDataSource implements DataSource {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialedDataSource.class);

    /** How long callers go on waiting after the first refusal, so that a refresh may still save them. */
    private static final long REFRESH_GRACE = TimeUnit.MILLISECONDS.toNanos(100);

    /** A spare that has been idle for longer is tested before it is handed out. */
    private static final long TRUSTED = TimeUnit.MILLISECONDS.toNanos(500);

    private final Connector connector;
    private final LoginBreakers breakers;
    private final Ticker ticker;
    private final Set<Ticket> live = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Spare> spare = new AtomicReference<>();
    private volatile Logins logins;
    private volatile Events events = new Events() {};
    private volatile @Nullable Refusal refusal;
    private volatile int loginTimeout;

    /** What the rest of the rotation is told and asked; the defaults are those of a source that nobody rotates. */
    interface Events {
        /** The database refused {@code credential}. */
        default void refused(Credential credential) {}

        /** Called before any connection is opened; throws if none may be. */
        default void opening() throws SQLException {}

        /** The database accepted {@code credential}. */
        default void accepted(Credential credential) {}

        /** Whether one connection may retire now; if so, that was the permit. */
        default boolean retiresNow() {
            return false;
        }

        /** Whether callers wait in the pool. */
        default boolean callersWait() {
            return false;
        }
    }

    /** The login in force, the one that may follow, the one that it replaced. Never more than two of them are used. */
    record Logins(
            Credential current,
            @Nullable Credential pending,
            @Nullable Credential previous) {
        List<Credential> inOrder() {
            return Stream.of(current, pending, previous)
                    .filter(Objects::nonNull)
                    .map(Objects::requireNonNull)
                    .toList();
        }
    }

    private record Spare(PhysicalConnection connection, long since) {}

    private record Refusal(SQLException cause, long since) {}

    CredentialedDataSource(Connector connector, Credential first, LoginBreakers breakers, Ticker ticker) {
        this.connector = connector;
        this.breakers = breakers;
        this.ticker = ticker;
        this.logins = new Logins(first, null, null);
    }

    /** The generation with which new connections are opened: the number of a version of the secret. */
    public int generation() {
        return logins.current.generation();
    }

    /**
     * The warm spare if there is one, else a new connection.
     *
     * @throws SQLInvalidAuthorizationSpecException if the database refuses every login that there is
     */
    @Override
    public Connection getConnection() throws SQLException {
        PhysicalConnection warm = takeSpare();
        return warm != null ? warm : connect();
    }

    /** @throws SQLFeatureNotSupportedException always: the login is this object's own affair */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "the login comes from a rotating secret; configure the pool without user, password or credentials");
    }

    Logins logins() {
        return logins;
    }

    /** Changes the logins; if they did change, a refusal of what was before no longer counts. Called by one thread at a time. */
    void change(UnaryOperator<Logins> how) {
        Logins before = logins;
        Logins after = how.apply(before);
        if (!after.equals(before)) {
            logins = after;
            refusal = null;
        }
    }

    void report(Events to) {
        events = to;
    }

    /** Opens a connection with {@code credential} and no other, past the breaker. */
    PhysicalConnection open(Credential credential) throws SQLException {
        return open(credential, connector);
    }

    /** Opens a connection to {@code endpoint}, which may be another than the pool's. */
    PhysicalConnection open(Credential credential, Connector endpoint) throws SQLException {
        events.opening();
        Ticket ticket = new Ticket(credential.generation(), null);
        live.add(ticket);
        try {
            Connection opened = endpoint.connect(credential.login());
            breakers.accepted(endpoint.database(), credential);
            events.accepted(credential);
            PhysicalConnection physical = new PhysicalConnection(opened, this, ticket);
            ticket.opened(physical);
            return physical;
        } catch (SQLException | RuntimeException e) {
            live.remove(ticket);
            if (LoginFailure.of(e).authentication()) {
                breakers.refused(endpoint.database(), credential);
                credential.refused();
                events.refused(credential);
            }
            throw e;
        }
    }

    boolean permits(Credential credential) {
        return permits(credential, connector);
    }

    boolean permits(Credential credential, Connector endpoint) {
        return breakers.permits(endpoint.database(), credential);
    }

    /** A pool that opens its connections itself got one, or this is why it got none. */
    void openedByPool(@Nullable SQLException failure) {
        if (failure == null) {
            events.accepted(logins.current);
        } else if (LoginFailure.of(failure).authentication()) {
            logins.current.refused();
            events.refused(logins.current);
        }
    }

    /**
     * Opens the spare, unless it is there or the pool has not closed what it replaced.
     *
     * @return whether a spare of the present generation is warm
     */
    boolean warm(int maximum) throws SQLException {
        if (warmed()) {
            return true;
        }
        cool();
        Credential current = logins().current;
        if (live.size() <= maximum && permits(current)) {
            spare.set(new Spare(open(current), ticker.nanos()));
            current.used();
        }
        return warmed();
    }

    boolean warmed() {
        Spare held = spare.get();
        return held != null && held.connection.ticket().generation() == generation();
    }

    void cool() {
        Spare held = spare.getAndSet(null);
        if (held != null) {
            closeQuietly(held.connection);
        }
    }

    /** Whether {@code ticket} is of another generation and its turn to retire has come; if so, that was the permit. */
    boolean retires(Ticket ticket) {
        return ticket.generation() != generation() && events.retiresNow();
    }

    void closed(Ticket ticket) {
        live.remove(ticket);
    }

    /** The open connections of other generations, those being opened included. */
    List<Ticket> outdated() {
        int generation = generation();
        return live.stream().filter(ticket -> ticket.generation() != generation).toList();
    }

    /** How many open connections are of the generation in force, those being opened included. */
    int current() {
        int generation = generation();
        return (int) live.stream()
                .filter(ticket -> ticket.generation() == generation)
                .count();
    }

    /** Why waiting for a connection is in vain at present, if it is. */
    @Nullable
    SQLException hopeless() {
        Refusal last = refusal;
        boolean inVain = last != null
                && ticker.nanos() - last.since >= REFRESH_GRACE
                && live.isEmpty()
                && logins().inOrder().stream().allMatch(c -> breakers.blocks(connector.database(), c));
        return inVain && last != null ? refusal(last.cause) : null;
    }

    private Connection connect() throws SQLException {
        SQLException cause = null;
        for (Credential credential : logins().inOrder()) {
            if (!permits(credential)) {
                continue;
            }
            try {
                PhysicalConnection opened = open(credential);
                credential.used();
                refusal = null;
                return opened;
            } catch (SQLException e) {
                if (!LoginFailure.of(e).authentication()) {
                    throw e;
                }
                cause = e;
            }
        }
        return refuse(cause);
    }

    private Connection refuse(@Nullable SQLException cause) throws SQLException {
        Refusal last = refusal;
        if (last == null) {
            SQLException why = cause != null ? cause : new SQLException("the breaker is open", "28000");
            last = new Refusal(why, ticker.nanos());
            refusal = last;
        }
        SQLException hopeless = hopeless();
        if (hopeless != null && events.callersWait()) {
            return new PhysicalConnection(HollowConnection.of(hopeless), this, new Ticket(generation(), hopeless));
        }
        throw refusal(last.cause);
    }

    private SQLException refusal(SQLException cause) {
        return new SQLInvalidAuthorizationSpecException(
                "the database refused " + logins().current + " with SQLState " + LoginFailure.stateOf(cause)
                        + ", and no other version of the login is accepted",
                LoginFailure.stateOf(cause),
                cause);
    }

    private @Nullable PhysicalConnection takeSpare() {
        Spare taken = spare.getAndSet(null);
        if (taken == null) {
            return null;
        }
        PhysicalConnection connection = taken.connection;
        if (connection.ticket().generation() == generation()
                && (ticker.nanos() - taken.since < TRUSTED || answers(connection))) {
            return connection;
        }
        closeQuietly(connection);
        return null;
    }

    private static boolean answers(PhysicalConnection connection) {
        try {
            return connection.delegate.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing a spare connection failed", e);
        }
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!type.isInstance(this)) {
            throw new SQLException("not a wrapper for " + type.getName());
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Does nothing: this source logs through SLF4J. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    /** Remembers the value for {@link #getLoginTimeout()}; set the driver's own time-outs by its properties. */
    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeout = seconds;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeout;
    }

    @Override
    public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logging goes through SLF4J");
    }

    @Override
    public String toString() {
        return "CredentialedDataSource[" + logins().current + "]";
    }
}
