package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.SKEW;
import static dev.slipring.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.UseCounts;
import dev.slipring.session.SessionStatistics.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionStatisticsTest {
    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void counts_perVersion_surviveTheRotation() {
        String token = fixture.signer.sign("anna");
        fixture.valid(token);
        fixture.rotate();
        fixture.clock.advance(Duration.ofMinutes(1));
        String resigned = fixture.valid(token).resign().orElseThrow();
        fixture.valid(resigned);
        fixture.valid(fixture.signer.renew(fixture.valid(resigned)));

        Optional<Instant> now = Optional.of(START.plus(Duration.ofMinutes(1)));
        assertThat(fixture.signer.statistics().versions())
                .containsEntry(1, new Usage(1, 2, 1, now))
                .containsEntry(2, new Usage(2, 3, 0, now))
                .hasSize(2);
    }

    @Test
    void rejections_eachReason_isCounted() {
        fixture.signer.verify("x");
        fixture.signer.verify("y");
        fixture.signer.verify(SessionFixture.forge(9, "u", START, START.plus(LIFE)));
        String good = fixture.signer.sign("u");
        fixture.signer.verify(good.substring(0, good.length() - 1) + (good.endsWith("A") ? "B" : "A"));
        fixture.signer.verify(SessionFixture.forge(1, "u", START.minus(LIFE), START.minus(SKEW)));
        assertThat(fixture.signer.statistics().rejected())
                .containsEntry(RejectionReason.MALFORMED, 2L)
                .containsEntry(RejectionReason.UNKNOWN_KEY, 1L)
                .containsEntry(RejectionReason.BAD_SIGNATURE, 1L)
                .containsEntry(RejectionReason.EXPIRED, 1L)
                .hasSize(4);
        assertThat(fixture.signer.statistics().versions().get(1).accepted()).isZero();
    }

    @Test
    void uses_ofTheWholeReplica_addSignersUpByVersionAndReason() {
        SessionSigner other = fixture.builder().purpose("other").build();
        String token = fixture.signer.sign("anna");
        other.sign("anna");
        fixture.valid(token);
        fixture.signer.verify("x");
        other.verify(SessionFixture.forge(9, "u", START, START.plus(LIFE)));
        fixture.signer.verify(SessionFixture.forge(1, "u", START.minus(LIFE), START.minus(SKEW)));

        UseCounts counts = fixture.secret.rotating().uses().counts();
        assertThat(counts.versions()).containsExactly(entry(1, new UseCounts.OfVersion(2, 1, 0)));
        assertThat(counts.failures()).containsOnly(entry(AuthFailure.OTHER, 1L), entry(AuthFailure.UNKNOWN_KEY, 1L));
    }

    @Test
    void uses_tokenOfACompromisedVersion_isARefusalOfThatVersion() {
        String token = fixture.signer.sign("anna");
        fixture.rotate();
        fixture.secret.compromise(1);
        fixture.secret.refresh();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.COMPROMISED_KEY);
        assertThat(fixture.secret.rotating().uses().counts().versions())
                .containsEntry(1, new UseCounts.OfVersion(1, 0, 1));
    }

    @Test
    void localBound_rejectsWhatBeganBefore_andNeverGoesBack() {
        String token = fixture.signer.sign("anna");
        fixture.signer.rejectIssuedBefore(START);
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.ISSUED_TOO_EARLY);
        fixture.signer.rejectIssuedBefore(START.minus(LIFE));
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.ISSUED_TOO_EARLY);

        // A clock that is fast by the skew stamps so late; a second more, and the session is a new one.
        fixture.clock.advance(SKEW.plusSeconds(1));
        assertThat(fixture.rejection(fixture.signer.sign("anna"))).isEqualTo(RejectionReason.ISSUED_TOO_EARLY);
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(fixture.valid(fixture.signer.sign("anna")).text()).isEqualTo("anna");
    }
}
