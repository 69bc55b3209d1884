package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A secret whose versions are real alternating logins of a server, and pools that follow it; the steps of rotation run
 * in the test's thread, when it moves the clock.
 */
final class LiveLogins implements AutoCloseable {
    private static final AtomicInteger STEMS = new AtomicInteger();

    final DatabaseProcess server;
    final String stem = "fault" + STEMS.incrementAndGet();
    final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    final ManualScheduler scheduler = ManualScheduler.on(clock);
    final LoginIssuer issuer;
    final FakeSecret secret;
    private final Map<Integer, SecretValue> values = new TreeMap<>();

    private LiveLogins(DatabaseProcess server) throws SQLException {
        this.server = server;
        server.setUp(stem);
        issuer = server.issuer(server.rotator(stem, server.port()), stem);
        issuer.checkSetup();
        secret = FakeSecret.create(stem, clock, installed(1));
    }

    /** Version 1 is installed and primary. */
    static LiveLogins on(FaultyServer server) throws SQLException {
        return new LiveLogins(server.process());
    }

    String user(int version) {
        return stem + (version % 2 == 1 ? "_a" : "_b");
    }

    Issuance issuance(int version) {
        return new Issuance(SecretName.of(stem), version, Optional.of(user(version)), "r" + version, version, 1);
    }

    /** Installs a version, which works then; returns its value. */
    byte[] installed(int version) {
        SecretValue value = issuer.mint(issuance(version), List.of());
        issuer.install(issuance(version), value);
        assertThat(issuer.probe(issuance(version), value)).isEqualTo(ProbeVerdict.ALIVE);
        values.put(version, value);
        return value.copyBytes();
    }

    SecretValue value(int version) {
        return values.get(version);
    }

    ProbeVerdict probe(int version) {
        return issuer.probe(issuance(version), values.get(version));
    }

    /** Installs the next version and makes it primary. */
    void rotate(int version) {
        secret.rotate(installed(version));
    }

    /** Revokes {@code old}, after which it does not log in and {@code present} does, with nobody left over. */
    void revokeAndCheck(int old, int present) {
        issuer.revoke(issuance(old));
        assertThat(probe(old)).isEqualTo(ProbeVerdict.DEAD);
        assertThat(probe(present)).isEqualTo(ProbeVerdict.ALIVE);
    }

    /** A pool of at most {@code maximum} connections by way of {@code port}, whose callers wait for a second. */
    RotatingDataSource.Builder pool(int maximum, int port) {
        return pool(config(maximum, port, Duration.ofSeconds(1)));
    }

    RotatingDataSource.Builder pool(HikariConfig config) {
        return onOurTime(HikariRotation.builder(secret.rotating(), config));
    }

    /** No pool: connections of {@code connector}'s. */
    RotatingDataSource.Builder unpooled(Connector connector) {
        return onOurTime(RotatingDataSource.builder(secret.rotating(), connector));
    }

    private RotatingDataSource.Builder onOurTime(RotatingDataSource.Builder builder) {
        return builder.scheduler(scheduler).ticker(clock).breakers(new LoginBreakers(clock));
    }

    HikariConfig config(int maximum, int port, Duration patience) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url(port));
        config.setMaximumPoolSize(maximum);
        config.setConnectionTimeout(patience.toMillis());
        config.setValidationTimeout(Math.min(500, patience.toMillis()));
        return config;
    }

    /** Lets time pass, 50 ms each, until {@code source} has nothing but {@code version}. */
    void untilStable(RotatingDataSource source, int version) throws Exception {
        try {
            pass("version " + version + " is stable", () -> source.state().equals(new Stable(version)));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + source.state() + ", " + source.draining(), e);
        }
        assertThat(source.draining()).isZero();
    }

    /** Lets time pass, 50 ms each, until {@code condition} holds. */
    void pass(String what, Callable<Boolean> condition) throws Exception {
        scheduler.runDue();
        Await.until(what, () -> {
            scheduler.advance(Duration.ofMillis(50));
            return condition.call();
        });
    }

    /** Who works, with a query that reaches the server. */
    String work(RotatingDataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO " + stem + "_notes VALUES (1)");
            return connection.getMetaData().getUserName().replaceFirst("@.*", "");
        }
    }

    boolean works(RotatingDataSource source) {
        try {
            work(source);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    int notes() throws SQLException {
        return Integer.parseInt(
                server.query("SELECT COUNT(*) FROM " + stem + "_notes").get(0));
    }

    @Override
    public void close() {
        secret.close();
        scheduler.shutdownNow();
    }
}
