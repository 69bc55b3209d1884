package dev.slipring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.ClientState.Draining;
import dev.slipring.jdbc.ClientState.Stable;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are not returned: who holds them, and what becomes of them. The drain's log goes to System.err. */
class DrainDeadlineTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FakeDatabase database = new FakeDatabase();
    private final FakeSecret secret = FakeSecret.create("app-db", clock, FakeDatabase.login("app_a"));
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setErr(stderr);
        secret.close();
    }

    @Test
    void holder_pastTheDeadline_isReportedWithThreadAndAgeAndLeftAlone() throws SQLException {
        try (RotatingDataSource source = source(builder -> builder);
                Connection held = source.getConnection()) {
            secret.rotate(FakeDatabase.login("app_b"));
            scheduler.advance(Duration.ofSeconds(9));
            assertThat(log()).isEmpty();
            scheduler.advance(Duration.ofSeconds(2));
            assertThat(log())
                    .contains("generation 1 held by thread "
                            + Thread.currentThread().getName())
                    .contains("for at least PT10")
                    .doesNotContain("abort");
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(held.isClosed()).isFalse();
            assertThat(database.sessions()).contains("app_a");
            assertThat(source.state()).isEqualTo(new Draining(2, 1));
        }
    }

    @Test
    void holder_pastTheTimeToAbort_losesTheConnectionAndIsNamed() throws SQLException {
        try (RotatingDataSource source = source(builder -> builder.abortAfter(Duration.ofSeconds(5)))) {
            Connection held = source.getConnection();
            secret.rotate(FakeDatabase.login("app_b"));
            scheduler.advance(Duration.ofSeconds(14));
            assertThat(held.isClosed()).isFalse();
            assertThat(log()).doesNotContain("abort");
            scheduler.advance(Duration.ofSeconds(2));
            assertThat(held.unwrap(PhysicalConnection.class).isClosed()).isTrue();
            assertThat(log().lines().filter(line -> line.contains("aborting")))
                    .singleElement()
                    .asString()
                    .contains("held by thread " + Thread.currentThread().getName());
            assertThat(database.sessions()).doesNotContain("app_a");
            assertThat(source.state()).isEqualTo(new Stable(2));
        }
    }

    @Test
    void connection_returnedInTime_isNotAborted() throws SQLException {
        try (RotatingDataSource source = source(builder -> builder.abortAfter(Duration.ofSeconds(5)))) {
            Connection held = source.getConnection();
            secret.rotate(FakeDatabase.login("app_b"));
            scheduler.advance(Duration.ofSeconds(14));
            held.close();
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(log()).doesNotContain("abort");
            assertThat(source.state()).isEqualTo(new Stable(2));
        }
    }

    private RotatingDataSource source(UnaryOperator<RotatingDataSource.Builder> options) {
        RotatingDataSource source = options.apply(
                        RotatingDataSource.builder(secret.rotating(), database, inner -> new FakePool(inner, 2))
                                .scheduler(scheduler)
                                .ticker(clock)
                                .breakers(new LoginBreakers(clock))
                                .drainDeadline(Duration.ofSeconds(10)))
                .build();
        scheduler.runDue();
        return source;
    }

    private String log() {
        return log.toString(StandardCharsets.UTF_8);
    }
}
