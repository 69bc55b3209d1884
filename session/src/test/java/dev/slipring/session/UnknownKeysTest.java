package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.SKEW;
import static dev.slipring.session.SessionFixture.START;
import static dev.slipring.session.SessionFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnknownKeysTest {
    /** What a view has to be younger than the first sight, to hold all that was written before it. */
    private static final Duration LATE =
            FakeSecret.timing().get(TimingParameter.LAG).plus(SKEW);

    private final SessionFixture fixture = new SessionFixture();
    private final String token = SessionFixture.forge(9, "u", START, START.plus(LIFE));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void key_lackingInAViewThatIsYoungEnough_isRetired() {
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
        fixture.clock.advance(LATE.minusSeconds(1));
        fixture.secret.refresh();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);

        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
        fixture.secret.refresh();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.RETIRED_KEY);
    }

    @Test
    void key_whileTheStoreIsDown_staysUnknown() {
        fixture.secret.outage(true);
        fixture.rejection(token);
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
    }

    @Test
    void key_ofARevokedVersion_locksNobodyOut() {
        String old = fixture.signer.sign("anna");
        fixture.rotate();
        fixture.secret.compromise(1);
        fixture.secret.move(1, VersionState.REVOKING);
        fixture.secret.refresh();
        assertThat(fixture.rejection(old)).isEqualTo(RejectionReason.UNKNOWN_KEY);
        fixture.clock.advance(LATE);
        fixture.secret.refresh();
        assertThat(fixture.rejection(old)).isEqualTo(RejectionReason.RETIRED_KEY);
    }

    @Test
    void key_thatBecomesKnown_isGood() {
        fixture.rejection(token);
        fixture.clock.advance(LATE);
        fixture.secret.refresh();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.RETIRED_KEY);
        fixture.secret.publish(value(9));
        fixture.secret.refresh();
        assertThat(fixture.valid(token).version()).isEqualTo(2);
    }

    @Test
    void keys_namedInGreatNumber_areForgottenAndCountAsNew() {
        UnknownKeys keys = new UnknownKeys();
        assertThat(keys.isSettled(5, 100, 50)).isFalse();
        assertThat(keys.isSettled(5, 200, 99)).isFalse();
        assertThat(keys.isSettled(5, 200, 100)).isTrue();
        for (int id = 0xFF_F000; id <= 0xFF_FFFF; id++) {
            assertThat(keys.isSettled(id, 300, 200)).isFalse();
        }
        assertThat(keys.isSettled(0xFF_FFFF, 300, 300)).isTrue();
        assertThat(keys.isSettled(5, 400, 399)).isFalse();
    }
}
