package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.hikari.HikariRotation;
import dev.slipring.jdbc.login.LoginIssuer;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.KeyringReader;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretSource;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rotations by the protocol on real servers, of which word comes torn, twice, late, not at all, and with a wrong time.
 */
class DeliveryFaultsTest {
    private static final AtomicInteger STEMS = new AtomicInteger();
    private static final Duration STEP = Duration.ofMinutes(10);

    private final String stem = "delivery" + STEMS.incrementAndGet();
    private final SecretName name = SecretName.of(stem);
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
    private final RotationPolicy policy = RotationPolicy.logins(Duration.ofDays(30));
    private DatabaseProcess server;
    private LoginIssuer issuer;
    private Rotator rotator;
    private SecretValue first;

    private void setUp(FaultyServer kind) throws SQLException {
        server = kind.process();
        server.setUp(stem);
        issuer = server.issuer(server.rotator(stem, server.port()), stem);
        rotator = Rotator.builder(name, store, issuer, policy)
                .replica("rotating")
                .ticker(clock)
                .build();
        rotator.prepare();
        first = store.value(name, 1).orElseThrow();
        assertThat(issuer.probe(issuance(1), first)).isEqualTo(ProbeVerdict.ALIVE);
    }

    @AfterEach
    void end() {
        scheduler.shutdownNow();
    }

    /** A replica of the application with a view and a pool of its own. */
    private final class Replica implements SecretSource, AutoCloseable {
        final FaultInjectingStore view = store.beside();
        boolean torn;
        final RotatingSecret secret;
        final RotatingDataSource source;

        Replica() {
            secret = RotatingSecret.builder(name, KeyringReader.of(this, name), scheduler)
                    .ticker(clock)
                    .build();
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.url());
            config.setMaximumPoolSize(2);
            config.setConnectionTimeout(1_000);
            source = HikariRotation.builder(secret, config)
                    .scheduler(scheduler)
                    .ticker(clock)
                    .breakers(new LoginBreakers(clock))
                    .build();
        }

        @Override
        public Reading read(SecretName secret) {
            return view.read(secret);
        }

        @Override
        public Optional<SecretValue> value(SecretName secret, int version) {
            return torn ? Optional.empty() : view.value(secret, version);
        }

        /** Who works. */
        String work() throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO " + stem + "_notes VALUES (1)");
                return connection.getMetaData().getUserName().replaceFirst("@.*", "");
            }
        }

        @Override
        public void close() {
            source.close();
            secret.close();
        }
    }

    // ---- torn and repeated delivery

    @ParameterizedTest
    @EnumSource
    void record_tornRepeatedAndOutOfOrder_isFollowedForwardOnly(FaultyServer kind) throws Exception {
        setUp(kind);
        try (Replica replica = new Replica()) {
            assertThat(replica.work()).isEqualTo(stem + "_a");
            replica.torn = true;
            rotate();
            assertThat(state(2)).isEqualTo(VersionState.PUBLISHED);
            assertThatThrownBy(replica.secret::refresh)
                    .isInstanceOf(UnusableRecordException.class)
                    .hasMessageContaining("secret " + stem + " version 2");
            scheduler.advance(Duration.ofMinutes(2));
            assertThat(replica.source.state().generation()).isEqualTo(1);
            assertThat(replica.work()).isEqualTo(stem + "_a");

            replica.torn = false;
            for (int i = 0; i < 3; i++) {
                replica.secret.refresh();
                scheduler.runDue();
                assertThat(replica.source.state()).isEqualTo(new Candidate(1, 2));
            }
            until("promoted", () -> state(2) == VersionState.PRIMARY && replica.source.generation() == 2);
            settle(replica);
            for (int i = 0; i < 3; i++) {
                replica.view.lag(i % 2 == 0 ? Duration.ofHours(1) : Duration.ZERO);
                replica.secret.refresh();
                scheduler.advance(Duration.ofSeconds(10));
                assertThat(replica.source.state()).isEqualTo(new ClientState.Stable(2));
                assertThat(replica.work()).isEqualTo(stem + "_b");
            }
            replica.view.lag(Duration.ZERO);
            until("revoked", () -> state(1).compareTo(VersionState.REVOKED) >= 0);
            assertThat(replica.work()).isEqualTo(stem + "_b");
            assertConverged();
        }
    }

    // ---- a partitioned replica

    @ParameterizedTest
    @EnumSource
    void replica_cutOffFromTheStore_keepsItsLoginUntilItIsBack(FaultyServer kind) throws Exception {
        setUp(kind);
        try (Replica near = new Replica();
                Replica far = new Replica()) {
            far.view.down(true);
            rotate();
            until("the near one switched", () -> near.source.generation() == 2);
            settle(near);
            Duration overlap = policy.timing().get(TimingParameter.OVERLAP);
            for (long i = 0; i < 2 * overlap.dividedBy(STEP); i++) {
                rotator.run();
                scheduler.advance(STEP);
            }
            assertThat(near.work()).isEqualTo(stem + "_b");
            assertThat(far.work()).isEqualTo(stem + "_a");
            assertThat(state(1)).as("its sessions are evidence").isEqualTo(VersionState.RETIRING);

            far.view.down(false);
            until("it is back", () -> far.source.generation() == 2);
            settle(far);
            assertThat(far.work()).isEqualTo(stem + "_b");
            until("revoked", () -> state(1).compareTo(VersionState.REVOKED) >= 0);
            assertConverged();
        }
    }

    @ParameterizedTest
    @EnumSource
    void replica_cutOffWhoseLoginIsRevoked_failsWithTheCauseAndComesBack(FaultyServer kind) throws Exception {
        setUp(kind);
        try (Replica far = new Replica()) {
            assertThat(far.work()).isEqualTo(stem + "_a");
            Await.until("the pool is full", () -> server.sessions(stem + "_a") == 2);
            far.view.down(true);
            rotate();
            until("promoted", () -> state(2) == VersionState.PRIMARY);
            server.allow(stem + "_a", false);
            assertThat(far.work()).as("open connections go on").isEqualTo(stem + "_a");
            evictAll(far);
            pass(() -> failure(far)
                    .filter(e -> e.getMessage().contains("secret " + stem))
                    .isPresent());
            assertThatThrownBy(far::work)
                    .hasMessageContaining(stem + "_a")
                    .hasMessageContaining("no other version of the login is accepted");

            far.view.down(false);
            pass(() -> failure(far).isEmpty());
            assertThat(far.work()).isEqualTo(stem + "_b");
            settle(far);
        }
    }

    // ---- clocks

    /** Whatever the store's clock does, sessions are evidence, and replicas measure by a clock that never jumps. */
    @ParameterizedTest
    @EnumSource
    void storeClock_jumpingTenMinutesEitherWayInEachPhase_revokesNothingInUse(FaultyServer kind) throws Exception {
        setUp(kind);
        try (Replica replica = new Replica()) {
            rotate();
            VersionState one = state(1);
            VersionState two = state(2);
            int jumps = 0;
            long retired = 0;
            for (int i = 0; i < 1000 && state(1).compareTo(VersionState.REVOKED) < 0; i++) {
                rotator.run();
                scheduler.advance(STEP);
                if (state(1) != one || state(2) != two || i % 10 == 5) {
                    if (state(1) == VersionState.RETIRING && one != VersionState.RETIRING) {
                        retired = clock.nanos();
                    }
                    one = state(1);
                    two = state(2);
                    clock.skew(Duration.ofMinutes(jumps++ % 2 == 0 ? 10 : -10));
                }
                assertThat(replica.work()).isIn(stem + "_a", stem + "_b");
                if (state(1).compareTo(VersionState.REVOKED) >= 0) {
                    assertThat(server.sessions(stem + "_a")).isZero();
                }
            }
            assertThat(jumps).isGreaterThan(5);
            assertThat(Duration.ofNanos(clock.nanos() - retired))
                    .isGreaterThan(policy.timing().get(TimingParameter.OVERLAP).minus(Duration.ofMinutes(20)));
            settle(replica);
            assertConverged();
        }
    }

    // ---- steps

    private void rotate() {
        assertThat(rotator.command(new Command.Rotate("test", "fault"))).isInstanceOf(Answer.Accepted.class);
        until(
                "published",
                () -> store.read(name).record().orElseThrow().version(2).isPresent()
                        && state(2) != VersionState.STAGED);
    }

    private void until(String what, Callable<Boolean> condition) {
        try {
            for (int i = 0; i < 1000 && !condition.call(); i++) {
                rotator.run();
                scheduler.advance(STEP);
            }
            assertThat(condition.call()).as(what).isTrue();
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
    }

    /** Lets little time pass, but as often as it takes. */
    private void pass(Callable<Boolean> condition) throws Exception {
        Await.until("it comes about", () -> {
            scheduler.advance(Duration.ofMillis(100));
            return condition.call();
        });
    }

    private void settle(Replica replica) throws Exception {
        pass(() -> replica.source.state().equals(new ClientState.Stable(2)));
        Await.until("no session is left", () -> replica.source.draining() == 0);
    }

    private static void evictAll(Replica replica) throws SQLException {
        Connection one = replica.source.getConnection();
        Connection two = replica.source.getConnection();
        for (Connection connection : new Connection[] {one, two}) {
            replica.source.pool.evict(((RotatingConnection) connection).delegate);
        }
    }

    private static Optional<SQLException> failure(Replica replica) {
        try {
            replica.work();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }

    private VersionState state(int number) {
        return version(number).state();
    }

    private SecretVersion version(int number) {
        return store.read(name).record().orElseThrow().version(number).orElseThrow();
    }

    /** Version 2 works, version 1 does not. */
    private void assertConverged() {
        assertThat(issuer.probe(issuance(2), store.value(name, 2).orElseThrow()))
                .isEqualTo(ProbeVerdict.ALIVE);
        assertThat(issuer.probe(issuance(1), first)).isEqualTo(ProbeVerdict.DEAD);
    }

    private Issuance issuance(int number) {
        SecretVersion version = version(number);
        SecretVersion.Origin origin = version.origin();
        return new Issuance(name, number, version.slot(), origin.rotationId(), origin.sequence(), origin.attempt());
    }
}
