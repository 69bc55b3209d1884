package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens of a retiring version that still come when its overlap is nearly over. */
class LateUseTest {
    private static final Duration OVERLAP = FakeSecret.timing().get(TimingParameter.OVERLAP);

    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void use_inTheLastFifth_isCounted() {
        fixture.rotate();
        fixture.clock.advance(OVERLAP.multipliedBy(4).dividedBy(5).minusSeconds(1));
        String token = SessionFixture.forge(1, "u", START, START.plus(LIFE));
        fixture.valid(token);
        assertThat(fixture.signer.statistics().late()).isZero();

        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.valid(token);
        fixture.valid(token);
        fixture.valid(fixture.signer.sign("of the primary"));
        assertThat(fixture.signer.statistics().late()).isEqualTo(2);
    }

    @Test
    void warning_comesOncePerInterval() {
        SignerSettings hourly = new SignerSettings(
                SessionCookie.named("sid").build(), "", LIFE, null, fixture.clock, List.of(), Duration.ofHours(1));
        SignerUsage usage = new SignerUsage(hourly, fixture.secret.rotating()::use);
        Origin old = usage.version(1);
        assertThat(usage.late(old, 10_000, 20_000)).isTrue();
        assertThat(usage.late(old, 10_001, 20_000)).isFalse();
        assertThat(usage.late(old, 13_599, 20_000)).isFalse();
        assertThat(usage.late(old, 13_600, 20_000)).isTrue();
        assertThat(usage.late(old, 13_601, 20_000)).isFalse();
    }
}
