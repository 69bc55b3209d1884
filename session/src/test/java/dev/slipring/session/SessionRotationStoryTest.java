package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One user, one browser, one session key that rotates twice and is stolen once. */
class SessionRotationStoryTest {
    private static final Timing TIMING = FakeSecret.timing();

    private String cookie = "";

    @Test
    void session_throughTwoRotationsAndATheft_livesUntilTheTheft() {
        try (SessionFixture fixture = new SessionFixture()) {
            // The user logs in.
            cookie = fixture.signer.sign("user-42");
            assertThat(request(fixture).version()).isEqualTo(1);

            // The second version is published: every replica accepts it, none signs with it yet.
            fixture.secret.publish(value(2));
            fixture.secret.refresh();
            assertThat(request(fixture).version()).isEqualTo(1);

            // It is promoted. The next response moves the cookie to it; neither issue nor expiry change.
            fixture.clock.advance(TIMING.get(TimingParameter.PUBLISH));
            fixture.secret.promote(2);
            fixture.secret.refresh();
            Valid moved = request(fixture);
            assertThat(moved.version()).isEqualTo(1);
            assertThat(request(fixture).version()).isEqualTo(2);
            assertThat(request(fixture).issuedAt()).isEqualTo(moved.issuedAt());

            // The user stays: the application renews the session from time to time.
            fixture.clock.advance(Duration.ofHours(8));
            cookie = fixture.signer.renew(request(fixture));
            fixture.clock.advance(TIMING.get(TimingParameter.OVERLAP).minus(Duration.ofHours(8)));

            // The overlap is over and the first version is revoked. Nobody notices.
            fixture.secret.move(1, VersionState.REVOKING);
            fixture.secret.move(1, VersionState.REVOKED);
            fixture.secret.refresh();
            assertThat(request(fixture).version()).isEqualTo(2);

            // A second rotation. A replica that lags behind still signs with the old version, lawfully.
            fixture.secret.publish(value(3));
            fixture.secret.refresh();
            fixture.clock.advance(TIMING.get(TimingParameter.PUBLISH));
            fixture.secret.promote(3);
            String elsewhere = fixture.signer.sign("user-43");
            fixture.secret.refresh();
            assertThat(fixture.valid(elsewhere).resign()).isPresent();
            assertThat(request(fixture).version()).isEqualTo(2);
            assertThat(request(fixture).version()).isEqualTo(3);

            // The second version turns out to be stolen: what it signed ends, and what was re-signed from it.
            fixture.clock.advance(Duration.ofMinutes(10));
            String login = fixture.signer.sign("user-44");
            fixture.secret.compromise(2);
            fixture.secret.move(2, VersionState.REVOKING);
            fixture.secret.refresh();
            assertThat(fixture.signer.verify(elsewhere)).isEqualTo(new Rejected(RejectionReason.UNKNOWN_KEY));
            assertThat(fixture.signer.verify(cookie)).isEqualTo(new Rejected(RejectionReason.COMPROMISED_KEY));

            // Whoever logged in since the third version took over stays.
            assertThat(fixture.valid(login).text()).isEqualTo("user-44");
            assertThat(fixture.valid(login).expiresAt())
                    .isEqualTo(fixture.clock.instant().plus(LIFE));
        }
    }

    /** What a filter does: verify, and send the re-signed cookie if there is one. */
    private Valid request(SessionFixture fixture) {
        Valid valid = fixture.valid(cookie);
        assertThat(valid.text()).isEqualTo("user-42");
        cookie = valid.resign().orElse(cookie);
        return valid;
    }
}
