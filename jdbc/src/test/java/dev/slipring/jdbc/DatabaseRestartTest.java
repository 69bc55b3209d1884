package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.jdbc.ClientState.Candidate;
import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Stable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The database is killed and comes back. */
class DatabaseRestartTest {
    private static final int POOL = 4;

    @ParameterizedTest
    @EnumSource
    void restart_inMidDrain_endsNoMoreThanItsSessions(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source =
                        logins.pool(POOL, logins.server.port()).build()) {
            Connection borrowed = source.getConnection();
            Statement work = borrowed.createStatement();
            work.execute("INSERT INTO " + logins.stem + "_notes VALUES (1)");
            Await.until("the pool is full", () -> logins.server.sessions(logins.user(1)) == POOL);
            logins.rotate(2);
            logins.pass("half of the pool is replaced", () -> source.draining() <= POOL / 2);
            work.execute("INSERT INTO " + logins.stem + "_notes VALUES (2)"); // a drain disturbs nobody

            logins.server.kill();
            assertThatThrownBy(() -> work.execute("INSERT INTO " + logins.stem + "_notes VALUES (3)"))
                    .isInstanceOf(SQLException.class);
            logins.scheduler.advance(Duration.ofSeconds(30));
            assertThat(source.state()).isIn(new Draining(2, 1), new Stable(2)); // the pool may have noticed already
            logins.server.restart();

            borrowed.close();
            logins.untilStable(source, 2);
            Await.until("work goes on", () -> logins.works(source));
            for (int i = 0; i < 2 * POOL; i++) {
                assertThat(logins.work(source)).isEqualTo(logins.user(2));
            }
            assertThat(logins.server.sessions(logins.user(1))).isZero();
            logins.revokeAndCheck(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void database_downAsALoginArrives_isNoVerdictOnIt(FaultyServer kind) throws Exception {
        try (LiveLogins logins = LiveLogins.on(kind);
                RotatingDataSource source =
                        logins.pool(POOL, logins.server.port()).build()) {
            assertThat(logins.work(source)).isEqualTo(logins.user(1));
            byte[] second = logins.installed(2);
            logins.server.kill();
            logins.secret.rotate(second);
            logins.scheduler.advance(Duration.ofMinutes(2));
            assertThat(source.state()).isEqualTo(new Candidate(1, 2));
            logins.server.restart();
            logins.untilStable(source, 2);
            Await.until("work goes on", () -> logins.works(source));
            assertThat(logins.work(source)).isEqualTo(logins.user(2));
            logins.revokeAndCheck(1, 2);
        }
    }
}
