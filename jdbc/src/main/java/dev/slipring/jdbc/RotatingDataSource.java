package dev.slipring.jdbc;

import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.Ticker;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A pooled {@code DataSource} whose login follows a rotating secret, without a failed check-out.
 *
 * <p>When the secret has a new primary version, its login is tried on a connection of its own; if it works, new
 * connections use it and the old ones are replaced one at a time, as they are returned or found idle. Work under
 * way is never interrupted. If it does not work, nothing changes for the pool and the login is tried again
 * later. {@link #state()} tells how far that is. The replica acknowledges a change of the secret once no connection of
 * a login that left is open and no newer one is in quarantine; logging in for the pool is a use of the version.
 *
 * <p>Where the secret's policy is to stop producing when its view is stale, no connection is opened meanwhile; those
 * that are open go on.
 *
 * <p>While connections are replaced there is at most one more than the pool's maximum; a CONNECTION LIMIT must
 * allow for it. Statements belong to the pool: {@code statement.getConnection()} is the pool's connection.
 * {@code unwrap} answers for the pool. Closing this closes the pool. Safe for use by several threads.
 */
public final class RotatingDataSource implements DataSource, AutoCloseable {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(RotatingDataSource.class);

    private final RotatingSecret secret;
    private final CredentialedDataSource credentialed;
    final ConnectionPool pool;
    private final DataSource pooled;
    private final Supply supply;
    private final Drain drain;
    private final LoginSwitch logins;
    private final SteppedTask steps;
    private final RotatingSecret.Subscription subscription;
    private final RotatingSecret.Subscription acknowledgement;
    private final @Nullable ScheduledExecutorService ownScheduler;

    private RotatingDataSource(Builder builder) {
        secret = builder.secret;
        Credential first = Credential.of(secret, secret.primary());
        credentialed = new CredentialedDataSource(builder.connector, first, builder.breakers, builder.ticker);
        Supplied made = builder.making.apply(credentialed);
        pool = made.pool();
        supply = made.supply();
        pooled = pool.dataSource();
        drain = new Drain(credentialed, pool, supply, builder.ticker, builder.pacing());
        Verification verification =
                new Verification(credentialed, builder.endpoints, builder.probe, builder.rightsProbe);
        logins = new LoginSwitch(secret, credentialed, verification, drain, builder.ticker, builder.listener);
        ownScheduler = builder.scheduler == null ? newScheduler() : null;
        steps = new SteppedTask(ownScheduler == null ? builder.scheduler() : ownScheduler, logins::step);
        logins.onEvent(steps::wake);
        credentialed.report(logins);
        subscription = secret.onChange(keyring -> steps.wake());
        acknowledgement = secret.acknowledgeWhen(logins::settled);
        drain.show(secret.uses().measures());
        steps.wake();
    }

    /**
     * A source over the pool that {@code pool} makes of the {@code DataSource} it is given.
     *
     * @param secret whose values are {@link dev.slipring.jdbc.login.Login}s; stays the caller's to close
     */
    public static Builder builder(
            RotatingSecret secret, Connector connector, Function<DataSource, ConnectionPool> pool) {
        Objects.requireNonNull(pool, "pool");
        return new Builder(secret, connector, credentialed -> Supplied.byPool(pool, credentialed));
    }

    /**
     * A source without a pool: each connection is opened when it is asked for, and closed when it is returned.
     *
     * @param secret as in {@link #builder(RotatingSecret, Connector, Function)}
     */
    public static Builder builder(RotatingSecret secret, Connector connector) {
        return builder(secret, connector, UnpooledConnections::new);
    }

    /**
     * A source over a pool that runs already and stays as it is, connections included; closing the source closes it.
     * Whoever uses the pool directly goes on doing so, but does not see what follows.
     *
     * <p>The pool opens its connections itself, and so this is weaker than {@link #builder(RotatingSecret, Connector,
     * Function)}: no spare is kept outside the pool, which gets room for one more instead, and where nobody waits the
     * first connection goes before another comes; a refused login is not bridged by another version in the same call,
     * callers who wait learn of it at the pool's time-out, and no breaker spares the account; a stale view stops no
     * connection; the pool keeps the password as text. A connection is known by its user name, so the two versions of a
     * rotation should differ in it: where they do not, one that was opened in the moment of the switch may be taken for
     * new. If all connections are busy when the last old one goes, the one more stays until the pool ends it.
     *
     * @param secret as in {@link #builder(RotatingSecret, Connector, Function)}; what the pool was logged in with
     *     before is replaced if it is another user
     */
    public static Builder adopting(RotatingSecret secret, Connector connector, SelfConnectingPool pool) {
        Objects.requireNonNull(pool, "pool");
        return new Builder(secret, connector, credentialed -> Supplied.adopted(pool, credentialed));
    }

    /**
     * A source over one pool per version, for pools that take no {@code DataSource}, or when URL or TLS settings change
     * with the login: {@code pool} and {@code connector} may choose them by the login. The next pool is made and tried
     * beside the present one and takes its place at once; the old one gives its idle connections up, the borrowed ones
     * as they are returned, and is closed when the last is back.
     *
     * <p>The price is connections: for as long as old ones are borrowed there may be twice the pool's maximum, and one
     * for verification before. A refused login is not bridged, as with {@link #adopting}. The metrics of the pool start
     * afresh with each version.
     *
     * @param secret as in {@link #builder(RotatingSecret, Connector, Function)}
     * @param pool makes a pool that logs in with the login it is given, and may keep its password as text
     */
    public static Builder swapping(RotatingSecret secret, Connector connector, Function<Login, ConnectionPool> pool) {
        Objects.requireNonNull(pool, "pool");
        return new Builder(secret, connector, credentialed -> Supplied.swapped(pool, credentialed));
    }

    /** The generation with which new connections are opened: the number of a version of the secret. */
    public int generation() {
        return credentialed.generation();
    }

    /** Where this source is between two versions of its login. */
    public ClientState state() {
        return logins.state();
    }

    /** How many open connections are of another generation than {@link #generation()}. */
    public int draining() {
        return drain.outdated().size();
    }

    /**
     * A connection from the pool.
     *
     * @throws SQLException if the pool has none in time; at once, if the database refuses every version of the
     *     login and no connection is open
     */
    @Override
    public Connection getConnection() throws SQLException {
        SQLException hopeless = credentialed.hopeless();
        if (hopeless != null) {
            throw hopeless;
        }
        Connection connection = borrowed();
        Ticket ticket = supply.ticketOf(connection);
        if (ticket.refusal() != null) {
            throw refused(connection, ticket.refusal());
        }
        if (ticket.generation() != credentialed.generation()) {
            logins.strayed(ticket);
        }
        RotatingConnection rotating = new RotatingConnection(connection, this, ticket);
        ticket.heldBy(rotating);
        return rotating;
    }

    private Connection borrowed() throws SQLException {
        try {
            return pooled.getConnection();
        } catch (SQLException e) {
            supply.failed(e);
            throw e;
        }
    }

    private SQLException refused(Connection hollow, SQLException why) {
        try {
            pool.evict(hollow);
        } catch (SQLException e) {
            LOG.debug("a connection that stood for a refusal was discarded", e);
        }
        return why;
    }

    /** @throws SQLFeatureNotSupportedException always: the login comes from the secret */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the login comes from secret " + secret.name());
    }

    void returnOutdated(Connection connection, Ticket ticket) throws SQLException {
        drain.giveBack(connection, ticket);
    }

    /** Ends rotation and closes the pool, as the pool itself closes. May be called again. */
    @Override
    public void close() {
        subscription.close();
        steps.close();
        if (ownScheduler != null) {
            ownScheduler.shutdownNow();
        }
        drain.close();
        pool.close();
        acknowledgement.close();
        credentialed.logins().inOrder().forEach(credential -> credential.login().wipe());
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        if (type.isInstance(pooled)) {
            return type.cast(pooled);
        }
        return type.isInstance(credentialed) ? type.cast(credentialed) : pooled.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this)
                || type.isInstance(pooled)
                || type.isInstance(credentialed)
                || pooled.isWrapperFor(type);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return pooled.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        pooled.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pooled.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pooled.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pooled.getParentLogger();
    }

    @Override
    public String toString() {
        return "RotatingDataSource[" + secret.name() + ", " + state() + "]";
    }

    private ScheduledExecutorService newScheduler() {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "slipring-jdbc-" + secret.name());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Collects what a {@link RotatingDataSource} is made of. Not thread-safe. */
    public static final class Builder {
        private final RotatingSecret secret;
        private final Connector connector;
        private final Function<CredentialedDataSource, Supplied> making;
        private final List<Connector> endpoints = new ArrayList<>();
        private Duration drainPace = Duration.ofMillis(50);
        private Duration drainDeadline = Duration.ofSeconds(30);
        private @Nullable Duration abortAfter;
        private String probe = "SELECT 1";
        private @Nullable String rightsProbe;
        private @Nullable ScheduledExecutorService scheduler;
        private Ticker ticker = Ticker.system();
        private LoginBreakers breakers = LoginBreakers.PROCESS;
        private Consumer<ClientState> listener = state -> {};

        private Builder(RotatingSecret secret, Connector connector, Function<CredentialedDataSource, Supplied> making) {
            this.secret = Objects.requireNonNull(secret, "secret");
            this.connector = Objects.requireNonNull(connector, "connector");
            this.making = making;
            endpoints.add(connector);
        }

        /**
         * A further endpoint at which a login must work before it is used, for a pool that connects to several hosts. A
         * replica that has a data source of its own needs none: it keeps the old login until the replica takes the new
         * one. May be called several times.
         */
        public Builder endpoint(Connector further) {
            endpoints.add(Objects.requireNonNull(further, "further"));
            return this;
        }

        /** Least time between two connections that retire; above zero, 50 ms unless told. */
        public Builder drainPace(Duration pace) {
            drainPace = positive("drain pace", pace);
            return this;
        }

        /** How long old connections may stay open before their holders are reported; above zero, 30 s unless told. */
        public Builder drainDeadline(Duration deadline) {
            drainDeadline = positive("drain deadline", deadline);
            return this;
        }

        /**
         * Aborts connections of a replaced login that are still borrowed this long after the drain deadline. Their
         * holders get an exception at their next call, and what they had not committed is lost; each one is logged.
         * Above zero; never unless told.
         */
        public Builder abortAfter(Duration time) {
            abortAfter = positive("abort after", time);
            return this;
        }

        /** The statement that a new login must be able to run; {@code SELECT 1} unless told. */
        public Builder probe(String sql) {
            probe = Objects.requireNonNull(sql, "sql");
            return this;
        }

        /** A statement that needs the application's rights and changes nothing; none unless told. */
        public Builder rightsProbe(String sql) {
            rightsProbe = Objects.requireNonNull(sql, "sql");
            return this;
        }

        /** Runs verification and replacement, which connect and so may block; a daemon thread of its own unless told. */
        public Builder scheduler(ScheduledExecutorService executor) {
            scheduler = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** The monotonic clock; the system's unless told. */
        public Builder ticker(Ticker clock) {
            ticker = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Told of each state as it is entered, in order, by the scheduler's thread; a failure is logged. */
        public Builder listener(Consumer<ClientState> states) {
            listener = Objects.requireNonNull(states, "states");
            return this;
        }

        Builder breakers(LoginBreakers shared) {
            breakers = shared;
            return this;
        }

        /**
         * Makes the pool over the primary version of the secret.
         *
         * @throws IllegalArgumentException if that version is not a login
         * @throws StaleKeyringException if nothing may be produced now, which to log in is
         * @throws RuntimeException if the pool cannot start
         */
        public RotatingDataSource build() {
            RotatingSecret.Subscription starting = secret.acknowledgeWhen(() -> false);
            try {
                return new RotatingDataSource(this);
            } finally {
                starting.close();
            }
        }

        private Drain.Pacing pacing() {
            return new Drain.Pacing(
                    drainPace.toNanos(),
                    drainDeadline.toNanos(),
                    abortAfter == null ? Drain.Pacing.NEVER : abortAfter.toNanos());
        }

        private ScheduledExecutorService scheduler() {
            return Objects.requireNonNull(scheduler, "scheduler");
        }

        private static Duration positive(String what, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(what + " " + value + " is not above zero");
            }
            return value;
        }
    }
}
