package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session cookie, a token against forged requests and a remember-me cookie, all under one secret that rotates. */
class OneSecretManyUsesTest {
    private final ManualClock clock = ManualClock.at(SessionFixture.START);
    private final FakeSecret secret = FakeSecret.create(
            "session", clock, 1, SessionFixture.lifetime(Duration.ofDays(30)), SessionFixture.value(1));

    private final SessionSigner sessions = signer("__Host-sid", "", Duration.ofHours(12));
    private final SessionSigner csrf = signer("__Host-sid", "csrf", Duration.ofHours(12));
    private final SessionSigner rememberMe = signer("__Host-remember", "", Duration.ofDays(30));
    private final List<SessionSigner> all = List.of(sessions, csrf, rememberMe);

    @AfterEach
    void close() {
        secret.close();
    }

    @Test
    void tokens_ofOneUse_passForNoOther() {
        for (SessionSigner signer : all) {
            String token = signer.sign("anna");
            for (SessionSigner other : all) {
                Verification verification = other.verify(token);
                if (other == signer) {
                    assertThat(verification).isInstanceOf(Valid.class);
                } else {
                    assertThat(verification).isEqualTo(new Rejected(RejectionReason.BAD_SIGNATURE));
                }
            }
        }
    }

    @Test
    void formToken_boundToItsSession_refusesThatOfAnother() {
        String form = csrf.sign("session-of-anna");
        assertThat(isFor("session-of-anna", form)).isTrue();
        assertThat(isFor("session-of-bert", form)).isFalse();
        assertThat(isFor("session-of-anna", sessions.sign("session-of-anna"))).isFalse();
    }

    @Test
    void rotation_ofTheSecret_movesEveryUse() {
        List<String> tokens = all.stream().map(signer -> signer.sign("anna")).toList();
        secret.rotate(SessionFixture.value(2));
        for (int i = 0; i < all.size(); i++) {
            Valid old = SessionFixture.valid(all.get(i), tokens.get(i));
            Valid moved = SessionFixture.valid(all.get(i), old.resign().orElseThrow());
            assertThat(moved.version()).isEqualTo(2);
            assertThat(moved.expiresAt()).isEqualTo(old.expiresAt());
        }
    }

    private boolean isFor(String session, String token) {
        return csrf.verify(token) instanceof Valid valid && valid.text().equals(session);
    }

    private SessionSigner signer(String cookie, String purpose, Duration life) {
        return SessionSigner.builder(secret.rotating())
                .cookie(cookie)
                .purpose(purpose)
                .maxLife(life)
                .clock(clock)
                .build();
    }
}
