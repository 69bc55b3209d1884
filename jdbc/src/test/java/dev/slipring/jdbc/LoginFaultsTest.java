package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Quarantined;
import dev.slipring.jdbc.ClientState.Reason;
import dev.slipring.jdbc.ClientState.Rescue;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.rotation.ProbeVerdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real server turns logins away, or its sessions stay for long. */
class LoginFaultsTest {
    /** Counts what reaches the server. */
    private static Connector counting(Connector connector, AtomicInteger attempts) {
        return login -> {
            attempts.incrementAndGet();
            return connector.connect(login);
        };
    }

    // ---- revoked behind our back

    @ParameterizedTest
    @EnumSource
    void onlyLogin_revokedBehindOurBack_failsFastAtThreeAttemptsAMinuteAndComesBack(FaultyServer kind)
            throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.unpooled(counting(Connector.of(logins.server.url()), attempts))
                        .build()) {
            assertThat(logins.work(source)).isEqualTo(logins.user(1));
            logins.server.allow(logins.user(1), false);
            attempts.set(0);
            for (int i = 0; i < 600; i++) {
                assertThatThrownBy(source::getConnection)
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("secret " + logins.stem)
                        .hasMessageContaining(logins.user(1))
                        .hasMessageContaining("SQLState " + (kind == FaultyServer.MARIADB ? "HY000" : "28000"));
                logins.scheduler.advance(Duration.ofMillis(100));
            }
            assertThat(attempts.get()).isEqualTo(3);
            assertThat(source.state()).isEqualTo(new Rescue(1));
            logins.server.allow(logins.user(1), true);
            logins.pass("recovered", () -> logins.works(source));
            logins.untilStable(source, 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyLogin_revokedBehindOurBack_isReplacedByTheNextVersion(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(2, logins.server.port()).build()) {
            try (Connection open = source.getConnection()) {
                Await.until("the pool is full", () -> logins.server.sessions(logins.user(1)) == 2);
                logins.server.allow(logins.user(1), false);
                assertThat(open.isValid(5)).isTrue();
                source.pool.evict(((RotatingConnection) source.getConnection()).delegate);
                logins.rotate(2);
                logins.pass("switched", () -> source.generation() == 2);
            }
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void newLogin_refusedAfterTheSwitch_isBridgedByTheOldOneAndRolledBack(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source =
                        logins.unpooled(Connector.of(logins.server.url())).build()) {
            Connection old = source.getConnection();
            logins.rotate(2);
            logins.pass("switched", () -> source.state().equals(new Draining(2, 1)));
            logins.server.allow(logins.user(2), false);
            for (int i = 0; i < 60; i++) {
                assertThat(logins.work(source)).isEqualTo(logins.user(1)); // in the same call
                logins.scheduler.advance(Duration.ofMillis(100));
            }
            old.close();
            logins.pass("rolled back", () -> source.state().equals(new Quarantined(1, 2, Reason.REFUSED)));
            logins.server.allow(logins.user(2), true);
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }

    // ---- lockout

    /** PostgreSQL has no such policy of its own. */
    @Test
    void lockoutPolicy_countsFewerErrorsThanItTakes_andIsNoVerdict() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (LiveLogins logins = LiveLogins.on(FaultyServer.MARIADB);
                RotatingDataSource source = logins.unpooled(counting(Connector.of(logins.server.url()), attempts))
                        .build()) {
            logins.scheduler.runDue();
            logins.server.execute("SET GLOBAL max_password_errors = 4");
            byte[] second = logins.installed(2);
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> logins.server.connect(logins.user(2), "wrong"));
            }
            assertThat(catchThrowableOfType(SQLException.class, () -> logins.server.connect(logins.user(2), "wrong"))
                            .getErrorCode())
                    .isEqualTo(4150);
            logins.secret.rotate(second);
            logins.scheduler.advance(Duration.ofMinutes(1));
            assertThat(source.state()).isEqualTo(new Candidate(1, 2));
            assertThat(logins.work(source)).isEqualTo(logins.user(1));
            logins.server.execute("FLUSH PRIVILEGES");
            logins.untilStable(source, 2);

            logins.server.password(logins.user(2), "somebody elses");
            attempts.set(0);
            for (int i = 0; i < 600; i++) {
                assertThatThrownBy(source::getConnection).hasMessageContaining(logins.user(2));
                logins.scheduler.advance(Duration.ofMillis(100));
            }
            assertThat(attempts.get()).isEqualTo(3);
            assertThat(logins.server.connect(logins.user(2), "somebody elses").isValid(5))
                    .as("not locked out")
                    .isTrue();
        } finally {
            FaultyServer.MARIADB.process().execute("SET GLOBAL max_password_errors = DEFAULT", "FLUSH PRIVILEGES");
        }
    }

    // ---- capacity

    @ParameterizedTest
    @EnumSource
    void login_whoseLimitIsReached_getsNoVerdictAndIsTakenLater(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(2, logins.server.port()).build()) {
            logins.scheduler.runDue();
            byte[] second = logins.installed(2);
            logins.server.limit(logins.user(2), 1);
            Await.until("the probe's session ended", () -> logins.server.sessions(logins.user(2)) == 0);
            try (Connection theirs = Connector.of(logins.server.url()).connect(Login.parse(logins.value(2)))) {
                logins.secret.rotate(second);
                logins.scheduler.advance(Duration.ofMinutes(1));
                assertThat(theirs.isValid(5)).isTrue();
                assertThat(source.state()).isEqualTo(new Candidate(1, 2));
                assertThat(logins.work(source)).isEqualTo(logins.user(1));
            }
            logins.server.limit(logins.user(2), 5);
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void server_thatIsFull_letsTheOldLoginServeAndSwitchesLater(FaultyServer kind) throws Exception {
        List<Connection> crowd = new ArrayList<>();
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(2, logins.server.port()).build()) {
            Connection held = source.getConnection();
            Await.until("the pool is full", () -> logins.server.sessions(logins.user(1)) == 2);
            byte[] second = logins.installed(2);
            logins.server.createUser("crowd", "pw");
            SQLException full = catchThrowableOfType(SQLException.class, () -> {
                while (true) {
                    crowd.add(logins.server.connect("crowd", "pw"));
                }
            });
            assertThat(full.getSQLState() + "/" + full.getErrorCode())
                    .isIn("53300/0", "08000/1040", "08004/1040", "HY000/1040");
            logins.secret.rotate(second);
            logins.scheduler.advance(Duration.ofMinutes(1));
            assertThat(source.state()).isEqualTo(new Candidate(1, 2));
            held.close();
            assertThat(logins.work(source)).isEqualTo(logins.user(1));
            for (Connection one : crowd) {
                one.close();
            }
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        } finally {
            for (Connection one : crowd) {
                one.close();
            }
        }
    }

    // ---- long transactions, leaked connections, a pool of one

    @ParameterizedTest
    @EnumSource
    void transaction_longerThanItsLogin_commits(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(1, logins.server.port()).build()) {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("INSERT INTO " + logins.stem + "_notes VALUES (1)");
                logins.rotate(2);
                logins.scheduler.advance(Duration.ofMinutes(5));
                assertThat(source.state()).isEqualTo(new Draining(2, 1));
                logins.revokeAndCheck(1, 2);
                statement.execute("INSERT INTO " + logins.stem + "_notes VALUES (2)");
                connection.commit();
            }
            assertThat(logins.notes()).isEqualTo(2);
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            assertThat(logins.probe(1)).isEqualTo(ProbeVerdict.DEAD);
        }
    }

    @ParameterizedTest
    @EnumSource
    void connection_leaked_isEndedAtTheServerOnlyWhereThatWasChosen(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(2, logins.server.port())
                        .abortAfter(Duration.ofMinutes(1))
                        .build()) {
            Connection leaked = source.getConnection();
            leaked.setAutoCommit(false);
            try (Statement statement = leaked.createStatement()) {
                statement.execute("INSERT INTO " + logins.stem + "_notes VALUES (1)");
            }
            logins.rotate(2);
            logins.pass("the leak is left", () -> source.draining() == 1);
            logins.scheduler.advance(Duration.ofSeconds(50));
            assertThat(leaked.isValid(5)).isTrue();
            assertThat(logins.server.sessions(logins.user(1))).isEqualTo(1);
            logins.scheduler.advance(Duration.ofSeconds(45));
            Await.until("ended at the server", () -> logins.server.sessions(logins.user(1)) == 0);
            logins.untilStable(source, 2);
            assertThat(logins.notes()).isZero();
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void poolOfOne_rotates_busyAndIdle(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source = logins.pool(1, logins.server.port()).build()) {
            try (Connection busy = source.getConnection()) {
                logins.rotate(2);
                logins.pass("draining", () -> source.state().equals(new Draining(2, 1)));
                assertThat(busy.isValid(5)).isTrue();
            }
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
            logins.rotate(3);
            logins.untilStable(source, 3);
            assertThat(source.state()).isEqualTo(new Stable(3));
            assertThat(logins.work(source)).isEqualTo(logins.user(3));
            logins.revokeAndCheck(2, 3);
        }
    }
}
