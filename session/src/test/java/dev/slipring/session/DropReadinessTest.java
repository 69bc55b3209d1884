package dev.slipring.session;

import static dev.slipring.session.SessionFixture.HORIZON;
import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.SKEW;
import static dev.slipring.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.VersionState;
import dev.slipring.session.DropReadiness.Ready;
import dev.slipring.session.DropReadiness.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropReadinessTest {
    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void retiringVersion_untilItsLastTokenRanOut_waits() {
        fixture.rotate();
        fixture.clock.advance(HORIZON);
        // The last that a replica with an old view may sign, on a clock that is fast.
        String last = SessionFixture.forge(
                1, "u", START.plus(HORIZON), START.plus(HORIZON).plus(LIFE));
        Instant end = START.plus(HORIZON).plus(LIFE).plus(SKEW);
        fixture.clock.advance(LIFE.plus(SKEW).minusSeconds(1));
        fixture.secret.refresh();
        assertThat(fixture.valid(last).version()).isEqualTo(1);
        assertThat(fixture.signer.readyToDrop(1))
                .isEqualTo(new Waiting(
                        1,
                        Optional.of(end),
                        Optional.of(end.minusSeconds(1)),
                        "tokens that it signed have not run out"));

        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(fixture.rejection(last)).isEqualTo(RejectionReason.EXPIRED);
        assertThat(fixture.signer.readyToDrop(1)).isEqualTo(new Ready(1, end, Optional.of(end.minusSeconds(1))));
    }

    @Test
    void view_thatIsStale_isNotTrusted() {
        fixture.rotate();
        fixture.secret.outage(true);
        fixture.clock.advance(HORIZON.plus(LIFE).plus(SKEW));
        assertThat(fixture.signer.readyToDrop(1))
                .isInstanceOfSatisfying(
                        Waiting.class, waiting -> assertThat(waiting.reason()).contains("has not read"));
    }

    @Test
    void versions_thatSignOrAreAboutTo_wait() {
        fixture.secret.publish(SessionFixture.value(2));
        fixture.secret.refresh();
        assertThat(fixture.signer.readyToDrop(1))
                .isEqualTo(new Waiting(1, Optional.empty(), Optional.empty(), "it signs"));
        assertThat(fixture.signer.readyToDrop(2))
                .isEqualTo(new Waiting(2, Optional.empty(), Optional.empty(), "it is about to sign"));
    }

    @Test
    void version_thatIsReadmitted_waits() {
        fixture.rotate();
        fixture.secret.readmit(1);
        fixture.secret.refresh();
        fixture.clock.advance(Duration.ofDays(2));
        fixture.secret.refresh();
        assertThat(fixture.signer.readyToDrop(1))
                .isEqualTo(new Waiting(1, Optional.empty(), Optional.empty(), "it is being readmitted"));
    }

    @Test
    void version_thatIsOutOfUse_isReadySinceThen() {
        fixture.rotate();
        fixture.clock.advance(Duration.ofMinutes(1));
        fixture.secret.move(1, VersionState.REVOKING);
        fixture.secret.refresh();
        assertThat(fixture.signer.readyToDrop(1))
                .isEqualTo(new Ready(1, START.plus(Duration.ofMinutes(1)), Optional.empty()));
    }

    @Test
    void version_thatIsCompromised_isReadySinceThen() {
        fixture.rotate();
        fixture.secret.compromise(1);
        fixture.secret.refresh();
        assertThat(fixture.signer.readyToDrop(1)).isEqualTo(new Ready(1, START, Optional.empty()));
    }

    @Test
    void version_thatIsUnknown_isNamed() {
        assertThatThrownBy(() -> fixture.signer.readyToDrop(7))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("session")
                .hasMessageContaining("7");
    }
}
