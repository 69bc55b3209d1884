package dev.slipring.jdbc.hikari;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import dev.slipring.jdbc.Await;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.CountingDriver;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.RotationLoad;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pools that are adopted as they run, and pools that are swapped. */
class HikariOtherModesTest {
    private static final int POOL = 4;

    private final FakeSecret secret =
            FakeSecret.create("modes-db", ManualClock.at("2030-01-01T00:00:00Z"), login("modes_a", "pw"));

    @BeforeAll
    static void createRoles() throws SQLException {
        for (String role : List.of("modes_static", "modes_a", "modes_b", "modes_same")) {
            PostgresServer.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'pw'");
        }
    }

    @AfterEach
    void close() {
        secret.close();
    }

    // ---- adopted

    @Test
    void adoptedPool_underLoad_rotatesWithoutAFailureAndKeepsItsSettings() throws Exception {
        HikariDataSource pool = running("modes_a", POOL);
        int least = pool.getMinimumIdle();
        try (RotatingDataSource source = paced(HikariRotation.adopting(secret.rotating(), pool))) {
            RotationLoad load = RotationLoad.on(source, POOL + 1);
            for (int version = 2; version <= 4; version++) {
                rotate(source, version);
                load.goOn();
            }
            assertThat(load.stop()).isEmpty();
            assertThat(CountingDriver.peak())
                    .isBetween(1, POOL + 1 + 1); // and one that Hikari closes in the background
            assertThat(source.unwrap(HikariDataSource.class)).isSameAs(pool);
            assertThat(pool.getMaximumPoolSize()).isEqualTo(POOL);
            assertThat(pool.getMinimumIdle()).isEqualTo(least);
            assertThat(usersOf(source)).containsExactly("modes_b");
        }
    }

    @Test
    void adoptedPool_ofAnotherUser_isReplacedAsItRuns() throws Exception {
        HikariDataSource pool = running("modes_static", 2);
        Connection before = pool.getConnection();
        Await.until("filled", () -> pool.getHikariPoolMXBean().getIdleConnections() == 1);
        try (RotatingDataSource source = paced(HikariRotation.adopting(secret.rotating(), pool))) {
            Connection first = source.getConnection();
            assertThat(first.getMetaData().getUserName()).isEqualTo("modes_static");
            Await.until("draining", () -> source.state().equals(new Draining(1, 0)));
            assertThat(first.isValid(5)).isTrue();
            first.close();
            assertThat(before.isValid(5)).isTrue();
            before.close();
            source.getConnection().close();
            Await.until("replaced", () -> usersOf(source).equals(Set.of("modes_a")));
        }
    }

    @Test
    void adoptedPool_ofOne_rotatesBusyAndIdle() throws Exception {
        try (RotatingDataSource source = paced(HikariRotation.adopting(secret.rotating(), running("modes_a", 1)))) {
            Connection busy = source.getConnection();
            secret.rotate(login("modes_b", "pw"));
            Await.until("draining", () -> source.state() instanceof Draining);
            assertThat(busy.isValid(5)).isTrue();
            busy.close();
            stable(source, 2);
            assertThat(usersOf(source)).containsExactly("modes_b");
            rotate(source, 3);
            assertThat(usersOf(source)).containsExactly("modes_a");
        }
    }

    @Test
    void adoptedPool_whoseUserStaysTheSame_replacesWhatItHadBefore() throws Exception {
        FakeSecret same =
                FakeSecret.create("same-db", ManualClock.at("2030-01-01T00:00:00Z"), login("modes_same", "pw"));
        HikariDataSource pool = running("modes_same", 3);
        Await.until("filled", () -> pool.getHikariPoolMXBean().getIdleConnections() == 3);
        List<String> before = sessions("modes_same");
        try (same;
                RotatingDataSource source = paced(HikariRotation.adopting(same.rotating(), pool))) {
            PostgresServer.execute("ALTER ROLE modes_same PASSWORD 'new'");
            same.rotate(login("modes_same", "new"));
            stable(source, 2);
            Await.until("replaced", () -> sessions("modes_same").stream().noneMatch(before::contains));
            source.getConnection().close();
        }
    }

    @Test
    void adoptedPool_whoseLoginIsRefused_asksForANewerOne() throws Exception {
        HikariDataSource pool = running("modes_a", 1, 1000);
        try (RotatingDataSource source = paced(HikariRotation.adopting(secret.rotating(), pool))) {
            PostgresServer.execute("ALTER ROLE modes_a NOLOGIN");
            pool.getHikariPoolMXBean().softEvictConnections();
            secret.publish(login("modes_b", "pw"));
            secret.promote(2);
            int loads = secret.loads();
            assertThatThrownBy(source::getConnection).isInstanceOf(SQLException.class);
            secret.scheduler().runDue();
            assertThat(secret.loads()).isGreaterThan(loads);
            stable(source, 2);
            Await.until("the pool asks again by itself", () -> isGiven(source));
            assertThat(usersOf(source)).containsExactly("modes_b");
        } finally {
            PostgresServer.execute("ALTER ROLE modes_a LOGIN");
        }
    }

    @Test
    void pool_thatDoesNotRunOrHasAProvider_isNotAdopted() {
        HikariDataSource idle = new HikariDataSource();
        assertThatThrownBy(() -> HikariRotation.adopting(secret.rotating(), idle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not run");
        HikariConfig config = config(1);
        config.setCredentialsProvider(() -> Credentials.of("modes_a", "pw"));
        try (HikariDataSource provided = new HikariDataSource(config)) {
            assertThatThrownBy(() -> HikariRotation.adopting(secret.rotating(), provided))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("provider");
        }
    }

    // ---- swapped

    @Test
    void swappedPools_underLoad_rotateWithoutAFailure() throws Exception {
        String url = CountingDriver.url();
        Queue<HikariDataSource> pools = new ConcurrentLinkedQueue<>();
        try (RotatingDataSource source = paced(HikariRotation.swapping(secret.rotating(), () -> config(url, POOL)))) {
            RotationLoad load = RotationLoad.on(source, POOL + 1);
            for (int version = 2; version <= 4; version++) {
                pools.add(source.unwrap(HikariDataSource.class));
                rotate(source, version);
                load.goOn();
            }
            assertThat(load.stop()).isEmpty();
            assertThat(CountingDriver.peak()).isBetween(1, 2 * POOL + 1);
            assertThat(pools).allMatch(HikariDataSource::isClosed);
            assertThat(usersOf(source)).containsExactly("modes_b");
        }
        Await.until("all closed", () -> CountingDriver.open() == 0);
    }

    @Test
    void swap_whileEveryConnectionIsBorrowed_costsTwiceThePool() throws Exception {
        String url = CountingDriver.url();
        try (RotatingDataSource source = paced(HikariRotation.swapping(secret.rotating(), () -> config(url, POOL)))) {
            List<Connection> borrowed = new ArrayList<>();
            for (int i = 0; i < POOL; i++) {
                borrowed.add(source.getConnection());
            }
            secret.rotate(login("modes_b", "pw"));
            Await.until("switched", () -> source.generation() == 2);
            for (int i = 0; i < POOL; i++) {
                borrowed.add(source.getConnection());
            }
            assertThat(CountingDriver.open()).isEqualTo(2 * POOL);
            assertThat(CountingDriver.peak()).isEqualTo(2 * POOL);
            for (Connection connection : borrowed) {
                connection.close();
            }
            stable(source, 2);
            assertThat(CountingDriver.open()).isLessThanOrEqualTo(POOL);
        }
    }

    @Test
    void oldPool_withAConnectionBorrowed_shedsItsIdleOnesAndIsClosedAfterItsReturn() throws Exception {
        String url = CountingDriver.url();
        try (RotatingDataSource source = paced(HikariRotation.swapping(secret.rotating(), () -> config(url, POOL)))) {
            HikariDataSource old = source.unwrap(HikariDataSource.class);
            Connection busy = source.getConnection();
            Await.until("filled", () -> old.getHikariPoolMXBean().getTotalConnections() == POOL);
            secret.rotate(login("modes_b", "pw"));
            Await.until("shed", () -> old.getHikariPoolMXBean().getTotalConnections() == 1);
            assertThat(old.getMinimumIdle()).isZero();
            assertThat(source.state()).isEqualTo(new Draining(2, 1));
            assertThat(usersOf(source)).containsExactly("modes_b");
            assertThat(busy.isValid(5)).isTrue();
            assertThat(old.isClosed()).isFalse();
            busy.close();
            stable(source, 2);
            assertThat(old.isClosed()).isTrue();
        }
    }

    @Test
    void nextPool_thatCannotStart_changesNothing() throws Exception {
        String url = CountingDriver.url();
        boolean[] broken = new boolean[1];
        try (RotatingDataSource source = paced(HikariRotation.swapping(secret.rotating(), () -> {
            HikariConfig config = config(url, 1);
            config.setConnectionInitSql(broken[0] ? "no such statement" : "SELECT 1");
            return config;
        }))) {
            broken[0] = true;
            secret.rotate(login("modes_b", "pw"));
            Await.until("tried", () -> PostgresServer.log().contains("no such statement"));
            assertThat(usersOf(source)).containsExactly("modes_a");
            assertThat(source.generation()).isEqualTo(1);
            broken[0] = false;
            stable(source, 2);
            assertThat(usersOf(source)).containsExactly("modes_b");
        }
    }

    // ---- what the tests do

    private static RotatingDataSource paced(RotatingDataSource.Builder builder) {
        return builder.drainPace(Duration.ofMillis(20)).build();
    }

    private void rotate(RotatingDataSource source, int version) throws Exception {
        secret.rotate(login(version % 2 == 0 ? "modes_b" : "modes_a", "pw"));
        stable(source, version);
    }

    private static void stable(RotatingDataSource source, int version) throws Exception {
        Await.until("version " + version + " is stable", () -> source.state().equals(new Stable(version)));
    }

    private static boolean isGiven(RotatingDataSource source) {
        try (Connection connection = source.getConnection()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    /** The users of all connections that are there, borrowed at once. */
    private static Set<String> usersOf(RotatingDataSource source) throws SQLException {
        HikariDataSource pool = source.unwrap(HikariDataSource.class);
        Set<String> users = new CopyOnWriteArraySet<>();
        List<Connection> borrowed = new ArrayList<>();
        for (int i = Math.max(1, pool.getHikariPoolMXBean().getTotalConnections()); i > 0; i--) {
            Connection connection = source.getConnection();
            borrowed.add(connection);
            users.add(connection.getMetaData().getUserName());
        }
        for (Connection connection : borrowed) {
            connection.close();
        }
        return users;
    }

    private static List<String> sessions(String user) throws SQLException {
        return PostgresServer.query("SELECT pid FROM pg_stat_activity WHERE usename = '" + user + "'");
    }

    private static HikariDataSource running(String user, int maximum) {
        return running(user, maximum, 10_000);
    }

    private static HikariDataSource running(String user, int maximum, int patience) {
        HikariConfig config = config(maximum);
        config.setUsername(user);
        config.setPassword("pw");
        config.setConnectionTimeout(patience);
        return new HikariDataSource(config);
    }

    private static HikariConfig config(int maximum) {
        return config(CountingDriver.url(), maximum);
    }

    private static HikariConfig config(String url, int maximum) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(maximum);
        config.setConnectionTimeout(10_000);
        return config;
    }

    private static byte[] login(String user, String password) {
        return Login.of(user, password.getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
