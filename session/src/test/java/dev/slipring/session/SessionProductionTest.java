package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.START;
import static dev.slipring.session.SessionFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What signing leaves behind as evidence, and when nothing may be signed. */
class SessionProductionTest {
    private static final Duration L = FakeSecret.timing().get(TimingParameter.STALENESS);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = ManualClock.at(START);

    // ---- what is noted

    @Test
    void sign_underThePrimary_isReportedAsItsUse() {
        try (FakeSecret secret = FakeSecret.create("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            assertThat(used(secret)).isEmpty();
            signer.sign("user-42");
            assertThat(used(secret)).containsExactly(1);
            secret.rotate(value(2));
            clock.advance(MINUTE);
            signer.sign("user-42");
            secret.refresh();
            assertThat(secret.report().lastUse()).isEqualTo(Map.of(1, START, 2, START.plus(MINUTE)));
        }
    }

    @Test
    void verify_underAnyVersion_isNoUse() {
        try (FakeSecret secret = FakeSecret.create("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            String token = SessionFixture.forge(1, "user-42", START, START.plus(LIFE));
            SessionFixture.valid(signer, token);
            secret.rotate(value(2));
            assertThat(SessionFixture.valid(signer, token).version()).isEqualTo(1);
            signer.verify(token.replace('4', '5'));
            assertThat(used(secret)).isEmpty();
        }
    }

    @Test
    void resign_asked_isAUseOfTheNewVersionAndNotBefore() {
        try (FakeSecret secret = FakeSecret.create("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            String token = SessionFixture.forge(1, "user-42", START, START.plus(LIFE));
            secret.rotate(value(2));
            Valid valid = SessionFixture.valid(signer, token);
            assertThat(used(secret)).isEmpty();
            assertThat(valid.resign()).isPresent();
            assertThat(used(secret)).containsExactly(2);
        }
    }

    @Test
    void renew_ofAnOldToken_isAUseOfTheNewVersion() {
        try (FakeSecret secret = FakeSecret.create("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            String token = SessionFixture.forge(1, "user-42", START, START.plus(LIFE));
            secret.rotate(value(2));
            signer.renew(SessionFixture.valid(signer, token));
            assertThat(used(secret)).containsExactly(2);
        }
    }

    @Test
    void twoSigners_ofOneSecret_noteInOnePlace() {
        try (FakeSecret secret = FakeSecret.create("session", clock, value(1))) {
            SessionSigner idle = signer(secret);
            signer(secret).sign("user-42");
            assertThat(used(secret)).containsExactly(1);
            assertThat(idle).isNotNull();
        }
    }

    // ---- when nothing may be signed

    @Test
    void staleView_ofASecretThatStops_refusesToSignAndVerifiesOn() {
        try (FakeSecret secret = FakeSecret.createStopping("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            String old = signer.sign("user-42");
            secret.rotate(value(2));
            String token = signer.sign("user-43");
            secret.outage(true);
            secret.scheduler().advance(L);
            assertThat(signer.sign("user-44")).isNotEmpty();
            assertThat(SessionFixture.valid(signer, old).resign()).isPresent();

            Valid valid = SessionFixture.valid(signer, token);
            Valid movable = SessionFixture.valid(signer, old);
            secret.scheduler().advance(Duration.ofNanos(1));
            assertThatExceptionOfType(StaleKeyringException.class).isThrownBy(() -> signer.sign("user-44"));
            assertThatExceptionOfType(StaleKeyringException.class).isThrownBy(() -> signer.sign(new byte[3], MINUTE));
            assertThatExceptionOfType(StaleKeyringException.class).isThrownBy(() -> signer.renew(valid));
            assertThat(SessionFixture.valid(signer, token).text()).isEqualTo("user-43");
            assertThat(movable.resign()).isEmpty();
            assertThat(SessionFixture.valid(signer, old).resign()).isEmpty();
        }
    }

    @Test
    void staleView_readAgain_signsAndMovesTokensAsBefore() {
        try (FakeSecret secret = FakeSecret.createStopping("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            String old = signer.sign("user-42");
            secret.rotate(value(2));
            secret.outage(true);
            secret.scheduler().advance(L.plusNanos(1));
            Valid movable = SessionFixture.valid(signer, old);
            secret.outage(false);
            secret.refresh();
            assertThat(movable.resign()).isPresent();
            assertThat(SessionFixture.valid(signer, signer.sign("user-43")).version())
                    .isEqualTo(2);
        }
    }

    @Test
    void staleView_ofASecretThatGoesOn_signs() {
        try (FakeSecret secret = FakeSecret.create("session", clock, value(1))) {
            SessionSigner signer = signer(secret);
            secret.outage(true);
            secret.scheduler().advance(L.multipliedBy(10));
            assertThat(secret.rotating().stale()).isTrue();
            assertThat(SessionFixture.valid(signer, signer.sign("user-42")).text())
                    .isEqualTo("user-42");
        }
    }

    private SessionSigner signer(FakeSecret secret) {
        return SessionSigner.builder(secret.rotating())
                .cookie("__Host-sid")
                .maxLife(LIFE)
                .clock(clock)
                .build();
    }

    private static Set<Integer> used(FakeSecret secret) {
        secret.refresh();
        return secret.report().lastUse().keySet();
    }
}
