package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Quarantined;
import dev.slipring.jdbc.ClientState.Reason;
import dev.slipring.jdbc.ClientState.Rescue;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UseCounts;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a data source tells of the logins it uses, and what it does when nothing may be logged in with. */
class LoginEvidenceTest {
    private static final int MAXIMUM = 2;
    private static final Duration A = FakeSecret.timing().get(TimingParameter.ADOPTION);
    private static final Duration L = FakeSecret.timing().get(TimingParameter.STALENESS);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FakeDatabase database = new FakeDatabase();
    private final FakeSecret secret = FakeSecret.createStopping("app-db", clock, FakeDatabase.login("app_a"));
    private FakePool pool;
    private final RotatingDataSource source = source();

    @AfterEach
    void close() {
        source.close();
        secret.close();
    }

    // ---- what is used

    @Test
    void poolConnections_opened_areAUseOfTheirVersion() {
        scheduler.runDue();
        secret.refresh();
        Instant start = clock.instant();
        assertThat(secret.report().lastUse()).containsOnlyKeys(1).containsEntry(1, start);
        clock.advance(Duration.ofMinutes(1));
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(source.state()).isEqualTo(new Stable(2));
        secret.refresh();
        assertThat(secret.report().lastUse()).containsEntry(1, start).containsEntry(2, clock.instant());
    }

    @Test
    void candidate_verified_isNotUsedYet() {
        scheduler.runDue();
        secret.publish(FakeDatabase.login("app_b"));
        secret.refresh();
        scheduler.runDue();
        assertThat(database.attempts()).contains("app_b");
        secret.refresh();
        assertThat(secret.report().lastUse()).containsOnlyKeys(1);
    }

    @Test
    void oldLogin_bridgingARefusal_isUsed() throws SQLException {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        clock.advance(Duration.ofMinutes(1));
        database.refuse("app_b", "28P01");
        for (int i = 0; i < 2; i++) { // the first is replaced by the spare, which is open already
            pool.evict(source.getConnection().unwrap(FakePool.Pooled.class));
        }
        secret.refresh();
        assertThat(secret.report().lastUse()).containsEntry(1, clock.instant());
    }

    // ---- what is acknowledged

    @Test
    void rotation_isAcknowledgedOnceTheOldConnectionsAreGone() throws SQLException {
        Connection borrowed = source.getConnection();
        secret.rotate(FakeDatabase.login("app_b"));
        assertThat(acknowledged()).isFalse();
        scheduler.advance(A);
        assertThat(source.state()).isEqualTo(new Draining(2, 1));
        scheduler.advance(Duration.ofMinutes(1));
        assertThat(acknowledged()).isFalse();
        borrowed.close();
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(source.state()).isEqualTo(new Stable(2));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void rotation_whoseDrainIsNotOverYet_isNotAcknowledged() {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue(); // switched; nothing is replaced before the next tick
        clock.advance(A);
        assertThat(acknowledged()).isFalse();
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void rotation_whoseOldLoginMayStillBeGoneBackTo_isNotAcknowledged() throws SQLException {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue(); // switched
        for (int i = 0; i < MAXIMUM; i++) {
            pool.evict(source.getConnection().unwrap(FakePool.Pooled.class));
        }
        assertThat(source.draining()).isZero();
        clock.advance(A);
        assertThat(acknowledged()).isFalse();
        scheduler.advance(Duration.ofSeconds(1));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void connection_ofTheOldLoginThatCameLate_withholdsTheAcknowledgement() throws SQLException {
        scheduler.runDue();
        Credential old = Credential.of(secret.rotating(), secret.rotating().primary());
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(source.state()).isEqualTo(new Stable(2));
        Connection late = source.unwrap(CredentialedDataSource.class).open(old);
        clock.advance(A);
        assertThat(acknowledged()).isFalse();
        late.close();
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void primary_inQuarantine_isNotAcknowledged() {
        database.refuse("app_b", "28P01");
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(A);
        assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
        assertThat(acknowledged()).isFalse();
        database.refuse("app_b", null);
        scheduler.advance(Duration.ofMinutes(10));
        assertThat(source.state()).isEqualTo(new Stable(2));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void published_isAcknowledgedOnceItPassed() {
        scheduler.runDue();
        database.refuse("app_b", "28P01");
        secret.publish(FakeDatabase.login("app_b"));
        secret.refresh();
        scheduler.advance(A);
        assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
        assertThat(acknowledged()).isFalse();
        database.refuse("app_b", null);
        scheduler.advance(Duration.ofMinutes(10));
        assertThat(source.state()).isEqualTo(new Candidate(1, 2));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void promotion_ofALoginThatPassed_isAcknowledgedAfterTheSwitchOnly() {
        scheduler.runDue();
        secret.publish(FakeDatabase.login("app_b"));
        secret.refresh();
        scheduler.advance(A);
        assertThat(acknowledged()).isTrue();
        secret.promote(2);
        secret.refresh();
        clock.advance(A); // the scheduler does not get to run
        assertThat(acknowledged()).isFalse();
        scheduler.advance(Duration.ofSeconds(5));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void rollback_fromALoginThatIsRefused_isAcknowledged() {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(Duration.ofSeconds(5));
        database.refuse("app_b", "28P01");
        secret.promote(1);
        secret.refresh();
        scheduler.advance(Duration.ofMinutes(1));
        assertThat(secret.rotating().keyring().version(2).orElseThrow().state()).isEqualTo(VersionState.RETIRING);
        assertThat(source.state()).isEqualTo(new Stable(1));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void login_opensConnectionsAndIsRefused_isCountedForTheWholeReplica() throws SQLException {
        source.getConnection().close();
        long opened = counts().versions().get(1).produced();
        assertThat(opened).isPositive();
        assertThat(counts().failures()).isEmpty();
        database.refuse("app_a", "28P01");
        pool.evict(source.getConnection().unwrap(FakePool.Pooled.class)); // the pool asks for another
        assertThat(counts().failures(AuthFailure.SQL_STATE)).isPositive();
        assertThat(counts().versions().get(1).produced()).isEqualTo(opened);
    }

    private UseCounts counts() {
        return secret.rotating().uses().counts();
    }

    @Test
    void onlyLogin_refused_withholdsTheAcknowledgement() throws SQLException {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(Duration.ofSeconds(5));
        database.refuse("app_b", "28P01");
        pool.evict(source.getConnection().unwrap(FakePool.Pooled.class));
        scheduler.advance(A);
        assertThat(source.state()).isEqualTo(new Rescue(2));
        assertThat(acknowledged()).isFalse();
        database.refuse("app_b", null);
        clock.advance(Duration.ofMinutes(1));
        pool.refill();
        scheduler.runDue();
        assertThat(source.state()).isEqualTo(new Stable(2));
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void change_duringTheStart_isNotAcknowledgedBeforeThePoolIsThere() {
        RotatingDataSource late = builder(inner -> {
                    secret.rotate(FakeDatabase.login("app_b"));
                    clock.advance(A);
                    assertThat(acknowledged()).isFalse();
                    return new FakePool(inner, 1);
                })
                .build();
        try (late) {
            scheduler.advance(Duration.ofSeconds(5));
            assertThat(late.state()).isEqualTo(new Stable(2));
            assertThat(acknowledged()).isTrue();
        }
    }

    @Test
    void start_thatFails_withholdsNothingAfterwards() {
        assertThatThrownBy(() -> builder(inner -> {
                            throw new IllegalStateException("as planned");
                        })
                        .build())
                .hasMessage("as planned");
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(A);
        assertThat(acknowledged()).isTrue();
    }

    @Test
    void closedSource_withholdsNothing() throws SQLException {
        Connection borrowed = source.getConnection();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.advance(A);
        assertThat(acknowledged()).isFalse();
        source.close();
        assertThat(acknowledged()).isTrue();
        borrowed.close();
    }

    // ---- when nothing may be produced

    @Test
    void staleView_ofASecretThatStops_opensNothingAndLetsOpenConnectionsGoOn() throws SQLException {
        scheduler.runDue();
        Connection borrowed = source.getConnection();
        FakePool.Pooled evicted = source.getConnection().unwrap(FakePool.Pooled.class);
        secret.outage(true);
        secret.scheduler().advance(L.plusNanos(1));
        int attempts = database.attempts().size();

        CredentialedDataSource inner = source.unwrap(CredentialedDataSource.class);
        assertThatThrownBy(inner::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("app-db")
                .hasCauseInstanceOf(StaleKeyringException.class);
        pool.evict(evicted);
        assertThat(database.attempts()).hasSize(attempts);
        assertThat(borrowed.createStatement().execute("SELECT 1")).isTrue();
        borrowed.close();
        source.getConnection().close(); // the one that is open

        secret.outage(false);
        secret.refresh();
        inner.getConnection().close();
        assertThat(source.state()).isEqualTo(new Stable(1));
    }

    @Test
    void staleView_inADrain_keepsOldConnectionsUntilItIsReadAgain() {
        scheduler.runDue();
        secret.rotate(FakeDatabase.login("app_b"));
        scheduler.runDue();
        secret.outage(true);
        secret.scheduler().advance(L.plusNanos(1));
        scheduler.advance(Duration.ofMinutes(1));
        assertThat(database.sessions()).containsExactly("app_a", "app_b"); // the spare was open already
        secret.outage(false);
        secret.refresh();
        scheduler.advance(Duration.ofSeconds(10));
        assertThat(source.state()).isEqualTo(new Stable(2));
        assertThat(database.sessions()).containsExactly("app_b", "app_b");
    }

    @Test
    void staleView_whenASourceIsBuilt_refusesToStart() {
        secret.outage(true);
        secret.scheduler().advance(L.plusNanos(1));
        assertThatThrownBy(() -> builder(inner -> new FakePool(inner, 1)).build())
                .isInstanceOf(StaleKeyringException.class);
    }

    /** Whether the replica says, at a read, that it has taken up what the secret shows. */
    private boolean acknowledged() {
        long epoch = secret.refresh().edition().epoch();
        return secret.report().hasTakenUp(1, epoch);
    }

    private RotatingDataSource source() {
        return builder(inner -> pool = new FakePool(inner, MAXIMUM)).build();
    }

    private RotatingDataSource.Builder builder(Function<DataSource, ConnectionPool> made) {
        return RotatingDataSource.builder(secret.rotating(), database, made)
                .scheduler(scheduler)
                .ticker(clock)
                .breakers(new LoginBreakers(clock));
    }
}
