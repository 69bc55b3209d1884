package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.Ticker;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What every pool must do while the login rotates, on a real PostgreSQL. */
public abstract class ConnectionPoolContract {
    private static final int POOL = 4;
    private static final int THREADS = 5;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String PASSWORD = "the-vorpal-blade-went-sn1cker-snack";

    private final String prefix = getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    private final FakeSecret secret =
            FakeSecret.create("contract-db", ManualClock.at("2030-01-01T00:00:00Z"), login("a"));
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger transactions = new AtomicInteger();
    private volatile boolean stopped;

    /** A pool of at most {@code maximum} connections to {@code url}, whose callers wait for at most {@code patience}. */
    protected abstract RotatingDataSource.Builder builder(
            RotatingSecret secret, String url, int maximum, Duration patience);

    /** What {@code unwrap} finds, or null if there is no pool. */
    protected abstract Class<? extends DataSource> poolType();

    /** How many connections the pool has, by its own count, borrowed or not. */
    protected abstract int size(DataSource pool);

    /** How many of them are borrowed. */
    protected abstract int active(DataSource pool);

    @BeforeEach
    public void createRoles() throws SQLException {
        for (String role : List.of("a", "b")) {
            PostgresServer.execute("DROP ROLE IF EXISTS " + prefix + "_" + role + "; CREATE ROLE " + prefix + "_" + role
                    + " LOGIN IN ROLE pg_read_all_data, pg_write_all_data PASSWORD '" + PASSWORD + "'");
        }
        PostgresServer.execute("DROP TABLE IF EXISTS " + prefix + "; CREATE TABLE " + prefix
                + " (thread int, number int, PRIMARY KEY (thread, number))");
    }

    @AfterEach
    public void close() {
        secret.close();
    }

    // ---- rotation

    @Test
    public void rotations_ofAPoolThatIsMostlyBusy_failNoCheckoutAndKillNoTransaction() throws Exception {
        try (RotatingDataSource source = source(POOL)) {
            List<Thread> load = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                load.add(new Thread(() -> work(source, number)));
            }
            load.forEach(Thread::start);
            for (int version = 2; version <= 4; version++) {
                rotate(source, version);
                int before = transactions.get();
                Await.until("work goes on", () -> transactions.get() > before + 10 || !failures.isEmpty());
            }
            stopped = true;
            for (Thread thread : load) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(PostgresServer.query("SELECT count(*) FROM " + prefix))
                    .containsExactly(String.valueOf(transactions.get()));
            assertThat(CountingDriver.peak()).isBetween(1, (poolType() == null ? THREADS : POOL) + 1);
        }
    }

    @Test
    public void poolOfOne_rotates_whileItsConnectionIsBusyAndWhenNobodyBorrows() throws Exception {
        try (RotatingDataSource source = source(1)) {
            Connection busy = source.getConnection();
            secret.rotate(login("b"));
            Await.until("draining", () -> source.state() instanceof Draining);
            assertThat(busy.isValid(5)).isTrue();
            busy.close();
            stable(source, 2);
            assertThat(user(source)).isEqualTo(prefix + "_b");
            rotate(source, 3);
            assertThat(user(source)).isEqualTo(prefix + "_a");
            assertThat(CountingDriver.peak()).isEqualTo(2);
        }
    }

    @Test
    public void caller_whoWaitsForTheOnlyConnection_getsOneWhenItRetires() throws Exception {
        assumeTrue(poolType() != null, "nobody waits without a pool");
        try (RotatingDataSource source = source(1)) {
            Connection busy = source.getConnection();
            secret.rotate(login("b"));
            Await.until(
                    "a spare", () -> source.unwrap(CredentialedDataSource.class).warmed());
            CompletableFuture<String> waiting = async(() -> user(source));
            Await.until("waiting", () -> source.pool.waiting() == 1);
            busy.close();
            assertThat(waiting.get(5, TimeUnit.SECONDS)).startsWith(prefix);
            stable(source, 2);
            assertThat(user(source)).isEqualTo(prefix + "_b");
        }
    }

    @Test
    public void connection_openedAcrossTheSwitch_worksAndRetiresWhenItIsReturned() throws Exception {
        try (RotatingDataSource source = source(2)) {
            Connection first = source.getConnection();
            CountingDriver.onNextConnect(() -> {
                secret.rotate(login("b"));
                awaitUnchecked(() -> source.generation() == 2
                        && (poolType() == null
                                || source.unwrap(CredentialedDataSource.class).warmed()));
            });
            Connection slipped = source.getConnection();
            assertThat(slipped.getMetaData().getUserName()).isEqualTo(prefix + "_a");
            assertThat(source.draining()).isEqualTo(2);
            slipped.close();
            first.close();
            stable(source, 2);
            assertThat(user(source)).isEqualTo(prefix + "_b");
        }
    }

    @Test
    public void version_thatArrivesEarly_waitsUntilOnlyOneGenerationIsLeft() throws Exception {
        try (RotatingDataSource source = source(2)) {
            Connection busy = source.getConnection();
            secret.rotate(login("b"));
            Await.until("draining", () -> source.state() instanceof Draining);
            secret.rotate(login("a"));
            Await.until("the other connections are replaced", () -> source.draining() == 1);
            source.getConnection().close();
            assertThat(source.state()).isEqualTo(new Draining(2, 1));
            busy.close();
            stable(source, 3);
            assertThat(user(source)).isEqualTo(prefix + "_a");
        }
    }

    @Test
    public void borrower_interruptedWhileWaiting_leavesThePoolAsItWas() throws Exception {
        assumeTrue(poolType() != null, "nobody waits without a pool");
        try (RotatingDataSource source = source(1)) {
            Connection busy = source.getConnection();
            secret.rotate(login("b"));
            Await.until("draining", () -> source.state() instanceof Draining);
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            Thread borrower = new Thread(() -> end.complete(failureOf(source)));
            borrower.start();
            Await.until("waiting", () -> source.pool.waiting() == 1);
            borrower.interrupt();
            assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
            busy.close();
            stable(source, 2);
            assertThat(user(source)).isEqualTo(prefix + "_b");
            assertThat(source.pool.waiting()).isZero();
        }
    }

    @Test
    public void borrowers_onVirtualThreads_rotate() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21");
        try (RotatingDataSource source = source(2)) {
            List<Thread> load = new ArrayList<>();
            for (int i = 0; i < 2 * THREADS; i++) {
                int number = i;
                load.add(startVirtual(() -> work(source, number)));
            }
            rotate(source, 2);
            rotate(source, 3);
            stopped = true;
            for (Thread thread : load) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(transactions.get()).isPositive();
        }
    }

    // ---- refusal

    @Test
    public void refusal_reachesCallersWhoWait_longBeforeTheirPatienceEnds() throws Exception {
        assumeTrue(poolType() != null, "nobody waits without a pool");
        try (RotatingDataSource source = source(1)) {
            RotatingConnection last = (RotatingConnection) source.getConnection();
            PostgresServer.execute("ALTER ROLE " + prefix + "_a NOLOGIN");
            List<CompletableFuture<Throwable>> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiting.add(async(() -> firstFailureOf(source)));
            }
            Await.until("waiting", () -> source.pool.waiting() == 2);
            long begun = System.nanoTime();
            try {
                source.pool.evict(last.delegate);
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("28000"); // some pools tell the one who returned it
            }
            for (CompletableFuture<Throwable> failure : waiting) {
                assertThat(failure.get(10, TimeUnit.SECONDS))
                        .hasMessageContaining(prefix + "_a")
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("28000"));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            assertThatThrownBy(source::getConnection).hasMessageContaining(prefix + "_a");
            secret.rotate(login("b"));
            Await.until("rescued by a newer login", () -> failureOf(source) == null);
        }
    }

    // ---- the pool

    @Test
    public void unwrap_reachesThePoolAndTheDriver() throws SQLException {
        try (RotatingDataSource source = source(1);
                Connection connection = source.getConnection()) {
            if (poolType() != null) {
                assertThat(source.isWrapperFor(poolType())).isTrue();
                assertThat(source.unwrap(poolType())).isSameAs(source.pool.dataSource());
            }
            assertThat(source.isWrapperFor(RotatingDataSource.class)).isTrue();
            assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
            assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
            assertThatThrownBy(() -> connection.unwrap(List.class)).isInstanceOf(SQLException.class);
        }
    }

    @Test
    public void eviction_isCounted_andFreesThePlace() throws Exception {
        assumeTrue(poolType() != null, "nothing is counted without a pool");
        try (RotatingDataSource source = source(2)) {
            DataSource pool = source.unwrap(poolType());
            RotatingConnection evicted = (RotatingConnection) source.getConnection();
            int gone = evicted.unwrap(PGConnection.class).getBackendPID();
            Connection kept = source.getConnection();
            assertThat(active(pool)).isEqualTo(2);
            source.pool.evict(evicted.delegate);
            assertThat(active(pool)).isEqualTo(1);
            Await.until(
                    "closed",
                    () -> PostgresServer.query("SELECT 1 FROM pg_stat_activity WHERE pid = " + gone)
                            .isEmpty());
            Connection next = source.getConnection();
            assertThat(active(pool)).isEqualTo(2);
            Await.until("counted", () -> size(pool) == 2 && CountingDriver.open() == 2);
            next.close();
            kept.close();
            assertThat(active(pool)).isZero();
        }
    }

    @Test
    public void uncommittedWork_endsOnEvictionAsOnClose() throws Exception {
        try (RotatingDataSource source = source(2)) {
            insertUncommitted(source, 1).close();
            boolean committed = isCommitted(1);
            Connection evicted = insertUncommitted(source, 2);
            int session = evicted.unwrap(PGConnection.class).getBackendPID();
            source.pool.evict(((RotatingConnection) evicted).delegate);
            awaitEnd(session);
            assertThat(isCommitted(2)).isEqualTo(committed);
        }
    }

    private boolean isCommitted(int number) throws SQLException {
        return !PostgresServer.query("SELECT 1 FROM " + prefix + " WHERE number = " + number)
                .isEmpty();
    }

    private static void awaitEnd(int session) throws Exception {
        Await.until(
                "the session ended",
                () -> PostgresServer.query("SELECT 1 FROM pg_stat_activity WHERE pid = " + session)
                        .isEmpty());
    }

    @Test
    public void close_closesThePoolAndItsConnections() throws Exception {
        RotatingDataSource source = source(2);
        source.getConnection().close();
        rotate(source, 2);
        source.close();
        Await.until("all closed", () -> CountingDriver.open() == 0);
        if (poolType() != null) {
            assertThatThrownBy(source::getConnection).isInstanceOf(SQLException.class);
        }
        source.close();
    }

    @Test
    public void credential_isNeitherPrintedNorShownByJmx() throws Exception {
        try (RotatingDataSource source = source(1);
                Connection connection = source.getConnection()) {
            rotate(source, 2, connection);
            assertThat(source + " " + source.pool + source.pool.dataSource() + connection + mbeans())
                    .doesNotContain(PASSWORD);
        }
    }

    private static String mbeans() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        StringBuilder all = new StringBuilder();
        for (ObjectName name : server.queryNames(null, null)) {
            if (name.getDomain().startsWith("java") || name.getDomain().startsWith("JMImpl")) {
                continue;
            }
            all.append(name);
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                try {
                    all.append(server.getAttribute(name, attribute.getName()));
                } catch (JMException | RuntimeException e) {
                    all.append(e);
                }
            }
        }
        return all.toString();
    }

    // ---- what the tests do

    private RotatingDataSource source(int maximum) {
        return builder(secret.rotating(), CountingDriver.url(), maximum, LONG)
                .drainPace(Duration.ofMillis(20))
                .breakers(new LoginBreakers(Ticker.system()))
                .build();
    }

    private void rotate(RotatingDataSource source, int version, Connection... busy) throws Exception {
        secret.rotate(login(version % 2 == 0 ? "b" : "a"));
        if (busy.length > 0) {
            Await.until("switched", () -> source.generation() == version);
        } else {
            stable(source, version);
        }
    }

    private static void stable(RotatingDataSource source, int version) throws Exception {
        try {
            Await.until(
                    "version " + version + " is stable", () -> source.state().equals(new Stable(version)));
        } catch (AssertionError e) {
            throw new AssertionError(source + ", " + source.draining() + " of other generations", e);
        }
        assertThat(source.draining()).isZero();
    }

    /** Short transactions, some longer than a drain takes. */
    private void work(DataSource source, int thread) {
        for (int number = 0; !stopped; number++) {
            try (Connection connection = source.getConnection()) {
                connection.setAutoCommit(false);
                insert(connection, thread, number);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT pg_sleep(" + (number % 50 == 10 ? 0.3 : 0.004) + ")");
                }
                connection.commit();
                transactions.incrementAndGet();
            } catch (SQLException | RuntimeException e) {
                failures.add(e);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Connection insertUncommitted(DataSource source, int number) throws SQLException {
        Connection connection = source.getConnection();
        connection.setAutoCommit(false);
        insert(connection, 0, number);
        return connection;
    }

    private void insert(Connection connection, int thread, int number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + prefix + " VALUES (?, ?)")) {
            insert.setInt(1, thread);
            insert.setInt(2, number);
            insert.execute();
        }
    }

    private static String user(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.getMetaData().getUserName();
        }
    }

    private static Throwable failureOf(DataSource source) {
        try (Connection connection = source.getConnection()) {
            return connection.isValid(5) ? null : new AssertionError("an invalid connection was given out");
        } catch (SQLException | RuntimeException e) {
            return e;
        }
    }

    /** A pool may hand the last connection on before it is gone. */
    private static Throwable firstFailureOf(DataSource source) {
        for (int i = 0; i < 10; i++) {
            Throwable failure = failureOf(source);
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    private static <T> CompletableFuture<T> async(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static void awaitUnchecked(Callable<Boolean> condition) {
        try {
            Await.until("the condition holds", condition);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** By reflection: the tests are compiled for Java 17. */
    private static Thread startVirtual(Runnable task) throws ReflectiveOperationException {
        return (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    }

    private byte[] login(String slot) {
        return Login.of(prefix + "_" + slot, PASSWORD.getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
