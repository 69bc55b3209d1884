package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.ClientState.Quarantined;
import dev.slipring.jdbc.ClientState.Reason;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.jdbc.login.Connector;
import dev.slipring.jdbc.login.Login;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One login at two servers, of which the second learns of a new password later. */
class EndpointsTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FakeSecret secret = FakeSecret.create("two-servers", clock, login("ends_a"));
    private DatabaseProcess lagging;

    private void createUsers(FaultyServer kind) throws SQLException {
        lagging = kind.process();
        for (String user : new String[] {"ends_a", "ends_b"}) {
            kind.beside().createUser(user, "pw");
            lagging.createUser(user, "pw");
        }
        lagging.password("ends_b", "not yet");
    }

    @AfterEach
    void close() {
        secret.close();
    }

    @ParameterizedTest
    @EnumSource
    void poolOverBothServers_switchesOnceBothTakeTheLogin(FaultyServer kind) throws SQLException {
        createUsers(kind);
        try (RotatingDataSource source = builder(kind.beside().url())
                .endpoint(Connector.of(lagging.url()))
                .build()) {
            scheduler.runDue();
            secret.rotate(login("ends_b"));
            scheduler.advance(Duration.ofSeconds(5));
            assertThat(source.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
            assertThat(user(source)).isEqualTo("ends_a");
            lagging.password("ends_b", "pw");
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(source.state()).isEqualTo(new Stable(2));
            assertThat(user(source)).isEqualTo("ends_b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void replicaThatLags_keepsTheOldLoginWhileThePrimarySwitches(FaultyServer kind) throws SQLException {
        createUsers(kind);
        try (RotatingDataSource primary = builder(kind.beside().url()).build();
                RotatingDataSource replica = builder(lagging.url()).build()) {
            scheduler.runDue();
            secret.rotate(login("ends_b"));
            scheduler.advance(Duration.ofSeconds(5));
            assertThat(primary.state()).isEqualTo(new Stable(2));
            assertThat(user(primary)).isEqualTo("ends_b");
            assertThat(replica.state()).isEqualTo(new Quarantined(1, 2, Reason.REFUSED));
            assertThat(user(replica)).isEqualTo("ends_a");
            lagging.password("ends_b", "pw");
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(replica.state()).isEqualTo(new Stable(2));
            assertThat(user(replica)).isEqualTo("ends_b");
        }
    }

    private RotatingDataSource.Builder builder(String url) {
        return RotatingDataSource.builder(secret.rotating(), Connector.of(url))
                .scheduler(scheduler)
                .ticker(clock)
                .breakers(new LoginBreakers(clock));
    }

    private static String user(RotatingDataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.getMetaData().getUserName().replaceFirst("@.*", "");
        }
    }

    private static byte[] login(String user) {
        return Login.of(user, "pw".getBytes(StandardCharsets.US_ASCII))
                .toValue()
                .copyBytes();
    }
}
