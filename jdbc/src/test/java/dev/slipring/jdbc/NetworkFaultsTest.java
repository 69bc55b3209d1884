package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.login.Connector;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network between the application and a real server fails. */
class NetworkFaultsTest {
    private static final int POOL = 3;

    /** Refused, silent, cut while the login is tried: none of that says anything about the login. */
    @ParameterizedTest
    @EnumSource
    void candidate_triedByABadNetwork_getsNoVerdictAndTheOldLoginServes(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                FaultProxy proxy = FaultProxy.before(logins.server.port());
                RotatingDataSource source = logins.unpooled(Connector.of(
                                logins.server.url(proxy.port()) + "?connectTimeout=" + secondsOrMillis(kind)))
                        .build()) {
            logins.scheduler.runDue();
            byte[] second = logins.installed(2);
            proxy.refuse(true);
            logins.secret.rotate(second);
            logins.scheduler.runDue();
            assertThat(source.state()).isEqualTo(new Candidate(1, 2));
            proxy.refuse(false);
            assertThat(logins.work(source)).isEqualTo(logins.user(1));

            proxy.silence(true);
            logins.scheduler.advance(Duration.ofSeconds(1));
            assertThat(source.state()).isEqualTo(new Candidate(1, 2));
            proxy.silence(false);
            assertThat(logins.work(source)).isEqualTo(logins.user(1));

            proxy.tearReplyTo("SELECT 1", 3);
            logins.scheduler.advance(Duration.ofSeconds(2));
            assertThat(proxy.hasTorn()).isTrue();
            assertThat(source.state()).isEqualTo(new Candidate(1, 2));
            assertThat(logins.work(source)).isEqualTo(logins.user(1));

            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }

    private static String secondsOrMillis(FaultyServer kind) {
        return kind == FaultyServer.MARIADB ? "1000&socketTimeout=1000" : "1&loginTimeout=1&socketTimeout=1";
    }

    @ParameterizedTest
    @EnumSource
    void connection_openedSlowlyAcrossTheSwitch_worksAndRetires(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                FaultProxy proxy = FaultProxy.before(logins.server.port());
                RotatingDataSource source = logins.pool(1, proxy.port()).build()) {
            logins.scheduler.runDue();
            byte[] second = logins.installed(2);
            RotatingConnection first = (RotatingConnection) source.getConnection();
            CountDownLatch arrives = proxy.holdNext();
            source.pool.evict(first.delegate);
            Await.until("the pool connects", proxy::isHolding);
            logins.secret.rotate(second);
            logins.pass("switched", () -> source.generation() == 2);
            arrives.countDown();
            logins.untilStable(source, 2);
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            Await.until("gone", () -> logins.server.sessions(logins.user(1)) == 0);
            logins.revokeAndCheck(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void network_cutInMidDrain_isRecoveredFromOnTheNewLogin(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                FaultProxy proxy = FaultProxy.before(logins.server.port());
                RotatingDataSource source = logins.pool(POOL, proxy.port()).build()) {
            Connection borrowed = source.getConnection();
            Statement work = borrowed.createStatement();
            Await.until("the pool is full", () -> logins.server.sessions(logins.user(1)) == POOL);
            logins.rotate(2);
            logins.pass("one is replaced", () -> source.draining() < POOL);
            proxy.refuse(true);
            proxy.cut();
            assertThatThrownBy(() -> work.execute("SELECT 1")).isInstanceOf(SQLException.class);
            logins.scheduler.advance(Duration.ofSeconds(20));
            assertThat(source.state()).isIn(new Draining(2, 1), new Stable(2)); // the pool may have noticed already
            proxy.refuse(false);
            borrowed.close();
            logins.untilStable(source, 2);
            Await.until("work goes on", () -> logins.works(source));
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }
}
