package dev.slipring.session;

import static dev.slipring.session.SessionFixture.HORIZON;
import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.SKEW;
import static dev.slipring.session.SessionFixture.START;
import static dev.slipring.session.SessionFixture.forge;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.VersionState;
import dev.slipring.session.Verification.Rejected;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every way to be rejected, each beside what is still accepted. */
class RejectionReasonTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void token_otherFormat_malformed() {
        String token = fixture.signer.sign("user-42");
        assertThat(fixture.rejection("s2" + token.substring(2))).isEqualTo(RejectionReason.MALFORMED);
        assertThat(fixture.rejection("")).isEqualTo(RejectionReason.MALFORMED);
    }

    @Test
    void token_expiryNotAfterIssue_malformed() {
        assertThat(fixture.rejection(forge(1, "u", START, START))).isEqualTo(RejectionReason.MALFORMED);
        assertThat(fixture.rejection(forge(1, "u", START, START.minus(SECOND)))).isEqualTo(RejectionReason.MALFORMED);
    }

    @Test
    void token_ofVersionNotSeenYet_unknownKeyAndRefresh() {
        fixture.secret.publish(SessionFixture.value(2));
        fixture.secret.promote(2);
        String token = forge(2, "u", START, START.plus(LIFE));

        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
        fixture.clock.advance(SECOND);
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
        fixture.secret.scheduler().runDue();

        assertThat(fixture.valid(token).version()).isEqualTo(2);
    }

    @Test
    void token_ofRevokedVersion_unknownKey() {
        String token = fixture.signer.sign("u");
        fixture.rotate();
        fixture.secret.move(1, VersionState.REVOKING);
        fixture.secret.refresh();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
    }

    @Test
    void token_payloadChanged_badSignature() {
        String token = fixture.signer.sign("user-42");
        assertThat(fixture.rejection(token.replace("user-42", "user-43"))).isEqualTo(RejectionReason.BAD_SIGNATURE);
    }

    @Test
    void token_ofOtherCookieOrPurpose_badSignature() {
        SessionSigner otherCookie = fixture.builder().cookie("sid").build();
        SessionSigner otherPurpose = fixture.builder().purpose("csrf").build();
        assertThat(fixture.rejection(otherCookie.sign("u"))).isEqualTo(RejectionReason.BAD_SIGNATURE);
        assertThat(fixture.rejection(otherPurpose.sign("u"))).isEqualTo(RejectionReason.BAD_SIGNATURE);
    }

    @Test
    void cookieAndPurpose_splitElsewhere_badSignature() {
        SessionSigner ab = fixture.builder().cookie("a").purpose("bc").build();
        SessionSigner abc = fixture.builder().cookie("ab").purpose("c").build();
        assertThat(abc.verify(ab.sign("u"))).isEqualTo(new Rejected(RejectionReason.BAD_SIGNATURE));
    }

    @Test
    void token_lifeOverTheLongest_tooLongLived() {
        fixture.valid(forge(1, "u", START, START.plus(LIFE)));
        String longer = forge(1, "u", START, START.plus(LIFE).plus(SECOND));
        assertThat(fixture.rejection(longer)).isEqualTo(RejectionReason.TOO_LONG_LIVED);
    }

    @Test
    void token_underCompromisedVersion_compromisedKey() {
        String token = fixture.signer.sign("u");
        fixture.rotate();
        fixture.valid(token);
        fixture.secret.compromise(1);
        fixture.secret.refresh();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.COMPROMISED_KEY);
    }

    @Test
    void token_resignedBeforeTheCompromise_compromisedKeyUnderEveryVersion() {
        String stolen = fixture.signer.sign("u");
        fixture.rotate();
        String resigned = fixture.valid(stolen).resign().orElseThrow();
        String early = forge(2, "u", START.plus(SKEW), START.plus(LIFE));
        String late = forge(2, "u", START.plus(SKEW).plus(SECOND), START.plus(LIFE));
        fixture.clock.advance(SKEW.plus(SECOND));
        fixture.secret.compromise(1);
        fixture.secret.move(1, VersionState.REVOKING);
        fixture.secret.refresh();

        assertThat(fixture.rejection(resigned)).isEqualTo(RejectionReason.COMPROMISED_KEY);
        assertThat(fixture.rejection(early)).isEqualTo(RejectionReason.COMPROMISED_KEY);
        fixture.valid(late);
    }

    @Test
    void token_compromisedVersionNeverRetired_compromisedUpToTheRevocation() {
        String session = fixture.signer.sign("u");
        fixture.rotate();
        fixture.secret.publish(SessionFixture.value(3));
        fixture.secret.compromise(3);
        fixture.secret.move(3, VersionState.REVOKING);
        fixture.secret.refresh();
        assertThat(fixture.rejection(session)).isEqualTo(RejectionReason.COMPROMISED_KEY);
    }

    @Test
    void token_issuedAfterTheHorizonOfItsVersion_retiredKey() {
        fixture.rotate();
        Instant last = START.plus(HORIZON);
        fixture.clock.advance(HORIZON.plus(SECOND));
        fixture.secret.refresh();
        fixture.valid(forge(1, "u", last, last.plus(LIFE)));
        String later = forge(1, "u", last.plus(SECOND), last.plus(LIFE));
        assertThat(fixture.rejection(later)).isEqualTo(RejectionReason.RETIRED_KEY);
    }

    @Test
    void token_issuedAfterHorizonAndView_unknownKeyUntilRefreshed() {
        fixture.rotate();
        fixture.clock.advance(HORIZON.plus(SECOND));
        Instant late = fixture.clock.instant();
        String token = forge(1, "u", late, late.plus(LIFE));

        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.UNKNOWN_KEY);
        fixture.secret.scheduler().runDue();
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.RETIRED_KEY);
    }

    @Test
    void token_ofReadmittedVersion_validWithoutBound() {
        fixture.rotate();
        fixture.secret.readmit(1);
        fixture.clock.advance(HORIZON.plus(SECOND));
        fixture.secret.refresh();
        Instant late = fixture.clock.instant();
        assertThat(fixture.valid(forge(1, "u", late, late.plus(LIFE))).resign()).isPresent();
    }

    @Test
    void token_ofVersionPromotedAgain_validWithoutBound() {
        fixture.rotate();
        fixture.clock.advance(HORIZON.plus(SECOND));
        fixture.secret.promote(1);
        fixture.secret.refresh();
        assertThat(fixture.valid(fixture.signer.sign("u")).version()).isEqualTo(1);
    }

    @Test
    void token_issuedInTheFuture_notYetValid() {
        Instant tolerated = START.plus(SKEW);
        fixture.valid(forge(1, "u", tolerated, tolerated.plus(LIFE)));
        String later = forge(1, "u", tolerated.plus(SECOND), tolerated.plus(LIFE));
        assertThat(fixture.rejection(later)).isEqualTo(RejectionReason.NOT_YET_VALID);
    }

    @Test
    void token_pastItsLife_expired() {
        String token = fixture.signer.sign("u");
        fixture.clock.advance(LIFE.plus(SKEW).minus(SECOND));
        fixture.valid(token);
        fixture.clock.advance(SECOND);
        assertThat(fixture.rejection(token)).isEqualTo(RejectionReason.EXPIRED);
    }

    @Test
    void token_issuedBeforeTheRecordAllows_issuedTooEarly() {
        String early = fixture.signer.sign("u");
        fixture.secret.rejectIssuedBefore(START);
        fixture.secret.refresh();
        assertThat(fixture.rejection(early)).isEqualTo(RejectionReason.ISSUED_TOO_EARLY);
        fixture.clock.advance(SECOND);
        fixture.valid(fixture.signer.sign("u"));
    }

    @Test
    void reasons_severalAtOnce_firstOfTheOrder() {
        Instant past = START.minus(LIFE).minus(LIFE);
        assertThat(fixture.rejection(forge(1, "u", past, START))).isEqualTo(RejectionReason.TOO_LONG_LIVED);
        fixture.secret.rejectIssuedBefore(START);
        fixture.secret.refresh();
        assertThat(fixture.rejection(forge(1, "u", past, past.plus(LIFE)))).isEqualTo(RejectionReason.EXPIRED);
        fixture.secret.compromise(1);
        fixture.secret.refresh();
        assertThat(fixture.rejection(forge(1, "u", past, past.plus(LIFE)))).isEqualTo(RejectionReason.COMPROMISED_KEY);
        String unsigned = forge(9, "u", past, past.plus(LIFE));
        assertThat(fixture.rejection(unsigned)).isEqualTo(RejectionReason.UNKNOWN_KEY);
    }
}
