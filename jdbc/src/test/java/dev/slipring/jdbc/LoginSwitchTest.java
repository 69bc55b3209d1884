package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.ClientState.Drained;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Quarantined;
import dev.slipring.jdbc.ClientState.Reason;
import dev.slipring.jdbc.ClientState.Rescue;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.ClientState.Switched;
import dev.slipring.jdbc.ClientState.Verifying;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The event table of the design, row by row, without threads: the clock moves when the test says so. */
class LoginSwitchTest {
    private static final int MAXIMUM = 4;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FakeDatabase database = new FakeDatabase();
    private final FakeSecret secret = FakeSecret.create("app-db", clock, FakeDatabase.login("app_a"));
    private final List<ClientState> states = new ArrayList<>();
    private FakePool pool;
    private final RotatingDataSource source = RotatingDataSource.builder(
                    secret.rotating(), database, inner -> pool = new FakePool(inner, MAXIMUM))
            .scheduler(scheduler)
            .ticker(clock)
            .breakers(new LoginBreakers(clock))
            .rightsProbe("SELECT rights")
            .listener(states::add)
            .build();

    @AfterEach
    void close() {
        source.close();
        secret.close();
    }

    @Test
    void rotation_ofAnIdlePool_passesThroughEveryStateAndReplacesEachConnectionAtItsPace() {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
        assertThat(source.generation()).isEqualTo(2);

        int before = source.draining();
        for (int i = 0; i < 100 && source.draining() > 0; i++) {
            scheduler.advance(Duration.ofMillis(50));
            assertThat(before - source.draining()).isBetween(0, 1);
            before = source.draining();
        }
        scheduler.advance(Duration.ofMillis(50));
        assertThat(states)
                .containsExactly(
                        new Candidate(1, 2),
                        new Verifying(1, 2),
                        new Switched(2, 1),
                        new Draining(2, 1),
                        new Drained(2, 1),
                        new Stable(2));
        assertThat(database.sessions()).hasSize(MAXIMUM).containsOnly("app_b");
        assertThat(database.peak()).isEqualTo(MAXIMUM + 1);
    }

    @Test
    void connection_borrowedBeforeTheSwitch_worksOnAndRetiresOnReturn() throws SQLException {
        Connection borrowed = source.getConnection();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(Duration.ofMinutes(2));
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
        assertThat(source.draining()).isEqualTo(1);
        assertThat(borrowed.isClosed()).isFalse();
        assertThat(borrowed.isValid(1)).as("to its borrower").isTrue();
        borrowed.close();
        scheduler.advance(Duration.ofMillis(50));
        assertThat(source.state()).isEqualTo(new Stable(2));
        assertThat(database.sessions()).hasSize(MAXIMUM).containsOnly("app_b");
    }

    @Test
    void version_published_isVerifiedButNotUsedBeforeItIsPrimary() {
        secret.publish(FakeDatabase.login("app_b"));
        secret.refresh();
        scheduler.runDue();
        assertThat(database.attempts()).containsOnlyOnce("app_b");
        assertThat(source.state()).isEqualTo(new Candidate(1, 2));
        secret.promote(2);
        secret.refresh();
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
    }

    @Test
    void candidate_refused_isQuarantinedAndVerifiedAgainWithBackOff() {
        database.refuse("app_b", "28P01");
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
        scheduler.advance(Duration.ofSeconds(59));
        assertThat(Collections.frequency(database.attempts(), "app_b")).isEqualTo(2);
        assertThat(database.sessions()).hasSize(MAXIMUM).containsOnly("app_a");
        database.refuse("app_b", null);
        scheduler.advance(Duration.ofMinutes(5));
        assertThat(source.state()).isEqualTo(new Stable(2));
    }

    @Test
    void candidate_withoutRights_isQuarantinedAsSuch() {
        database.lackRights(true);
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.RIGHTS));
        assertThat(database.sessions()).containsOnly("app_a");
    }

    @Test
    void candidate_notReached_getsNoVerdictAndIsTriedAgainSoon() {
        database.refuse("app_b", "53300");
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Candidate(1, 2));
        database.refuse("app_b", null);
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
    }

    @Test
    void login_refusedAfterTheSwitch_isBridgedAndRolledBackAfterThreeRefusals() throws SQLException {
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        database.refuse("app_b", "28P01");
        for (int i = 0; i < 60; i++) {
            source.getConnection().close();
            scheduler.advance(Duration.ofMillis(100));
        }
        assertThat(source.generation()).isEqualTo(1);
        assertThat(states).contains(new Draining(1, 2), new Quarantined(1, 2, Reason.REFUSED));
        assertThat(database.sessions()).hasSize(MAXIMUM).containsOnly("app_a");
        database.refuse("app_b", null);
        scheduler.advance(Duration.ofMinutes(10));
        assertThat(source.state()).isEqualTo(new Stable(2));
    }

    @Test
    void login_refusedWhileStable_isReplacedSoonEvenIfTheNextShowsUpLater() throws SQLException {
        scheduler.runDue();
        database.refuse("app_a", "28P01");
        assertThat(catchRefusal(credentialed()).getMessage()).contains("app_a");
        scheduler.runDue();
        secret.scheduler().runDue(); // nothing new yet
        assertThat(source.state()).isEqualTo(new Rescue(1));
        clock.advance(Duration.ofSeconds(1));
        secret.publish(FakeDatabase.login("app_b"));
        secret.promote(2);
        for (int i = 0; i < 20; i++) {
            scheduler.advance(Duration.ofMillis(250));
            secret.scheduler().runDue();
        }
        scheduler.runDue();
        assertThat(source.generation()).isEqualTo(2);
    }

    @Test
    void login_refusedWhileStable_asksForANewerOneAndUsesIt() throws SQLException {
        scheduler.runDue();
        database.refuse("app_a", "28P01");
        secret.publish(FakeDatabase.login("app_b"));
        secret.promote(2);
        CredentialedDataSource inner = credentialed();
        assertThat(catchRefusal(inner).getMessage()).contains("app_a").doesNotContain("app_a-password");
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Rescue(1));
        int loads = secret.loads();
        secret.scheduler().runDue();
        assertThat(secret.loads()).isEqualTo(loads + 1);
        scheduler.runDue();
        assertThat(source.generation()).isEqualTo(2);
        inner.getConnection().close();
    }

    @Test
    void login_refusedUntilItIsInstalled_bridgesTheTimeToItsPromotion() throws SQLException {
        scheduler.runDue();
        database.refuse("next-password", "28P01");
        secret.publish(FakeDatabase.login("app_a", "next-password"));
        secret.refresh();
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
        scheduler.advance(Duration.ofMinutes(2));
        database.refuse("next-password", null);
        database.refuse("app_a-password", "28P01"); // installing it is the switch
        CredentialedDataSource inner = credentialed();
        inner.getConnection().close();
        secret.promote(2);
        secret.refresh();
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(source.state()).isEqualTo(new Stable(2));
    }

    @Test
    void login_dead_costsAtMostThreeAttemptsAMinute() {
        database.refuse("app_a", "28P01");
        CredentialedDataSource inner = credentialed();
        int before = database.attempts().size();
        for (int i = 0; i < 600; i++) {
            catchRefusal(inner);
            scheduler.advance(Duration.ofMillis(100));
        }
        assertThat(database.attempts().size() - before).isEqualTo(3);
    }

    @Test
    void connection_openedAcrossTheSwitch_isCountedFromTheStartAndRetiredWithoutFailingItsCheckout()
            throws SQLException {
        scheduler.runDue();
        FakePool.Pooled evicted = source.getConnection().unwrap(FakePool.Pooled.class);
        database.onNextConnect(() -> {
            secret.rotate(FakeDatabase.login("app_b"));
            scheduler.advance(Duration.ofSeconds(5));
            assertThat(source.generation()).isEqualTo(2);
            assertThat(source.state()).isEqualTo(new Draining(2, 1));
        });
        pool.evict(evicted);
        assertThat(database.sessions()).containsOnlyOnce("app_a");
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < MAXIMUM; i++) {
            held.add(source.getConnection());
        }
        for (Connection connection : held) {
            connection.close();
        }
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(source.state()).isEqualTo(new Stable(2));
        assertThat(database.sessions()).hasSize(MAXIMUM).containsOnly("app_b");
    }

    @Test
    void version_thatArrivesDuringADrain_waitsUntilOnlyOneGenerationIsLeft() throws SQLException {
        Connection borrowed = source.getConnection();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(Duration.ofSeconds(5));
        secret.rotate(FakeDatabase.login("app_c"));
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
        assertThat(database.attempts()).doesNotContain("app_c");
        borrowed.close();
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(source.state()).isEqualTo(new Stable(3));
        assertThat(database.sessions()).hasSize(MAXIMUM).containsOnly("app_c");
    }

    @Test
    void value_thatIsNoLogin_isQuarantined() {
        secret.rotate(new byte[] {9, 9, 9});
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
        assertThat(source).hasToString("RotatingDataSource[app-db, Quarantined[generation=1, next=2, reason=REFUSED]]");
    }

    private CredentialedDataSource credentialed() {
        try {
            return source.unwrap(CredentialedDataSource.class);
        } catch (SQLException | ClassCastException e) {
            throw new AssertionError(e);
        }
    }

    private static SQLException catchRefusal(CredentialedDataSource inner) {
        try {
            inner.getConnection().close();
            throw new AssertionError("a connection was opened");
        } catch (SQLException e) {
            return e;
        }
    }
}
