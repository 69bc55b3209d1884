package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.SKEW;
import static dev.slipring.session.SessionFixture.START;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.slipring.session.Verification.Rejected;
import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which of a request's cookies is its session. */
class CookieVerificationTest {
    private static final Instant SUNSET = START.plus(Duration.ofDays(30));

    private final SessionFixture fixture = new SessionFixture();
    private final SessionSigner moving =
            fixture.builder().accept(FakeFormat.until(SUNSET)).build();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Nested
    class SeveralOfOneName {
        @Test
        void firstValid_wins_andDuplicatesAreTold() {
            String anna = fixture.signer.sign("anna");
            String bert = fixture.signer.sign("bert");
            CookieVerification found =
                    verify(fixture.signer, "__Host-sid=x; __Host-sid=" + anna + "; __Host-sid=" + bert);
            assertThat(((Valid) found.verification()).text()).isEqualTo("anna");
            assertThat(found.duplicates()).isEqualTo(2);
            assertThat(fixture.signer.statistics().duplicates()).isEqualTo(2);
            assertThat(fixture.signer.statistics().rejected()).isEmpty();
            assertThat(fixture.signer.statistics().versions().get(1).accepted()).isEqualTo(1);
        }

        @Test
        void unknownKey_amongOthers_isWhatIsTold() {
            String foreign = SessionFixture.forge(9, "u", START, START.plus(LIFE));
            String expired = SessionFixture.forge(1, "u", START.minus(LIFE), START.minus(SKEW));
            assertThat(verify(fixture.signer, "__Host-sid=x; __Host-sid=" + expired + "; __Host-sid=" + foreign)
                            .verification())
                    .isEqualTo(new Rejected(RejectionReason.UNKNOWN_KEY));
            assertThat(verify(fixture.signer, "__Host-sid=x; __Host-sid=" + expired)
                            .verification())
                    .isEqualTo(new Rejected(RejectionReason.EXPIRED));
            assertThat(fixture.signer.statistics().rejected())
                    .containsEntry(RejectionReason.UNKNOWN_KEY, 1L)
                    .containsEntry(RejectionReason.EXPIRED, 1L)
                    .hasSize(2);
        }

        @Test
        void noCookie_ofTheName_isNoSession() {
            assertThat(fixture.signer.verifyCookies(RequestCookies.parse("other=x; sid=y")))
                    .isEmpty();
            assertThat(fixture.signer.statistics().rejected()).isEmpty();
        }
    }

    @Nested
    class Foreign {
        @Test
        void session_isValid_andMovesWithItsTimes() {
            Instant issued = START.minus(Duration.ofHours(1));
            Valid valid = foreign(issued, START.plus(Duration.ofHours(5)), "anna");
            assertThat(valid.text()).isEqualTo("anna");
            assertThat(valid.format()).contains("fake");
            assertThat(valid.version()).isZero();

            Valid moved = SessionFixture.valid(moving, valid.resign().orElseThrow());
            assertThat(moved.text()).isEqualTo("anna");
            assertThat(moved.format()).isEmpty();
            assertThat(moved.issuedAt()).isEqualTo(issued);
            assertThat(moved.expiresAt()).isEqualTo(START.plus(Duration.ofHours(5)));
            assertThat(moved.resign()).isEmpty();
            assertThat(moving.statistics().formats().get("fake").resigned()).isEqualTo(1);
            assertThat(moving.statistics().formats().get("fake").lastAccepted()).contains(START);
        }

        @Test
        void ownToken_besideAForeignOne_wins() {
            String own = moving.sign("own");
            String old = FakeFormat.value(START, START.plus(LIFE), "old");
            assertThat(((Valid) verify(moving, "old.sid=" + old + "; __Host-sid=" + own)
                                    .verification())
                            .text())
                    .isEqualTo("own");
            assertThat(((Valid) verify(moving, "old.sid=" + old + "; __Host-sid=broken")
                                    .verification())
                            .text())
                    .isEqualTo("old");
        }

        @Test
        void reason_ofTheForeignFormat_isToldBeforeMalformed() {
            assertThat(verify(moving, "__Host-sid=x; old.sid=!").verification())
                    .isEqualTo(new Rejected(RejectionReason.BAD_SIGNATURE));
        }

        @Test
        void sunset_cutsTheLife_andEndsTheFormat() {
            fixture.clock.advance(Duration.ofDays(30).minusHours(1));
            Instant now = fixture.clock.instant();
            Valid valid = foreign(now, now.plus(LIFE), "anna");
            assertThat(valid.expiresAt()).isEqualTo(SUNSET);

            fixture.clock.advance(Duration.ofHours(1));
            String old = FakeFormat.value(SUNSET, SUNSET.plus(LIFE), "anna");
            assertThat(moving.verifyCookies(RequestCookies.parse("old.sid=" + old)))
                    .isEmpty();
        }

        @Test
        void times_areJudgedLikeThoseOfOwnTokens() {
            assertThat(reason(START.minus(LIFE), START.minus(SKEW))).isEqualTo(RejectionReason.EXPIRED);
            assertThat(reason(START.plus(SKEW).plusSeconds(1), START.plus(LIFE)))
                    .isEqualTo(RejectionReason.NOT_YET_VALID);
            assertThat(reason(START.minusSeconds(1), START.plus(LIFE))).isEqualTo(RejectionReason.TOO_LONG_LIVED);
            assertThat(reason(Instant.ofEpochSecond(-1), START)).isEqualTo(RejectionReason.MALFORMED);
            assertThat(reason(START, START)).isEqualTo(RejectionReason.MALFORMED);

            fixture.secret.rejectIssuedBefore(START);
            fixture.secret.refresh();
            assertThat(reason(START, START.plus(LIFE))).isEqualTo(RejectionReason.ISSUED_TOO_EARLY);
        }

        @Test
        void compromise_ofTheSecret_leavesForeignSessionsWhereTheyAre() {
            fixture.secret.compromise(1);
            fixture.rotate();
            Valid before = foreign(START, START.plus(LIFE), "anna");
            assertThat(before.resign()).isEmpty();

            fixture.clock.advance(SKEW.plusSeconds(1));
            Instant later = fixture.clock.instant();
            assertThat(foreign(later, later.plus(LIFE), "bert").resign()).isPresent();
        }

        @Test
        void payload_tooLongForAToken_staysWhereItIs() {
            Valid valid = foreign(START, START.plus(LIFE), "\u00e9".repeat(1600));
            assertThat(valid.resign()).isEmpty();
            assertThat(moving.statistics().formats().get("fake").resigned()).isZero();
        }

        @Test
        void renewal_beginsALifeOfTheSigner() {
            Valid valid = foreign(START.minus(Duration.ofHours(1)), START.plus(Duration.ofHours(1)), "anna");
            Valid renewed = SessionFixture.valid(moving, moving.renew(valid));
            assertThat(renewed.issuedAt()).isEqualTo(START);
            assertThat(renewed.expiresAt()).isEqualTo(START.plus(LIFE));
        }

        @Test
        void end_namesEveryCookie() {
            assertThat(moving.endCookies())
                    .hasSize(2)
                    .allSatisfy(header -> assertThat(header).contains("=; Max-Age=0;"))
                    .anySatisfy(header -> assertThat(header).startsWith("__Host-sid="))
                    .anySatisfy(header -> assertThat(header).startsWith("old.sid="));
        }

        private RejectionReason reason(Instant issuedAt, Instant expiresAt) {
            Verification verification = verify(moving, "old.sid=" + FakeFormat.value(issuedAt, expiresAt, "u"))
                    .verification();
            return ((Rejected) verification).reason();
        }

        private Valid foreign(Instant issuedAt, Instant expiresAt, String payload) {
            CookieVerification found = verify(moving, "old.sid=" + FakeFormat.value(issuedAt, expiresAt, payload));
            return (Valid) found.verification();
        }
    }

    @Nested
    class Refused {
        @Test
        void life_beyondTheSigners_refused() {
            FakeFormat format = new FakeFormat("fake", SUNSET, LIFE.plusSeconds(1), "old.sid");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> fixture.builder().accept(format).build())
                    .withMessageContainingAll("fake", "longer");
        }

        @Test
        void format_twice_refused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            fixture.builder().accept(FakeFormat.until(SUNSET)).accept(FakeFormat.until(START)))
                    .withMessageContaining("fake");
        }

        @Test
        void secret_ofAForeignFormat_refused() {
            try (FakeSecret shared = FakeSecret.create("session", fixture.clock, FakeFormat.SECRET.copyBytes())) {
                SessionSigner.Builder builder = SessionSigner.builder(shared.rotating())
                        .cookie("sid")
                        .maxLife(LIFE)
                        .accept(FakeFormat.until(SUNSET));
                assertThatIllegalArgumentException()
                        .isThrownBy(builder::build)
                        .withMessageContainingAll("version 1", "fake");
            }
        }
    }

    @Test
    void setCookie_ofAToken_lastsAsLongAsTheToken() {
        String token = fixture.signer.sign("anna".getBytes(US_ASCII), Duration.ofHours(2));
        fixture.clock.advance(Duration.ofHours(1));
        assertThat(fixture.signer.setCookie(token))
                .isEqualTo("__Host-sid=" + token + "; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Lax");
        assertThat(RequestCookies.parse(fixture.signer.setCookie(token)).values("__Host-sid"))
                .isEqualTo(List.of(token));
    }

    private static CookieVerification verify(SessionSigner signer, String header) {
        Optional<CookieVerification> found = signer.verifyCookies(RequestCookies.parse(header));
        return found.orElseThrow();
    }
}
