package dev.slipring.session;

import static dev.slipring.session.SessionFixture.HORIZON;
import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.SKEW;
import static dev.slipring.session.SessionFixture.START;
import static dev.slipring.session.SessionFixture.forge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.slipring.session.Verification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionSignerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SessionFixture fixture = new SessionFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void token_verified_saysWhatWasSigned() {
        fixture.clock.advance(Duration.ofMillis(1_999));
        Valid valid = fixture.valid(fixture.signer.sign("user-42"));
        assertThat(valid.text()).isEqualTo("user-42");
        assertThat(valid.payload()).isEqualTo(SessionFixture.ascii("user-42"));
        assertThat(valid.issuedAt()).isEqualTo(START.plusSeconds(1));
        assertThat(valid.expiresAt()).isEqualTo(START.plusSeconds(1).plus(LIFE));
        assertThat(valid.version()).isEqualTo(1);
        assertThat(valid.resign()).isEmpty();
    }

    @Test
    void payload_changedByTheCaller_leavesTheResult() {
        Valid valid = fixture.valid(fixture.signer.sign("user-42"));
        valid.payload()[0] = 'X';
        assertThat(valid.text()).isEqualTo("user-42");
    }

    @Test
    void life_shorterThanTheLongest_kept() {
        Valid valid = fixture.valid(fixture.signer.sign(new byte[3], Duration.ofMillis(5_900)));
        assertThat(valid.expiresAt()).isEqualTo(START.plusSeconds(5));
    }

    @Test
    void life_outOfRange_refused() {
        for (Duration life : List.of(Duration.ZERO, Duration.ofMillis(999), SECOND.negated(), LIFE.plusNanos(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> fixture.signer.sign(new byte[1], life))
                    .withMessageContaining(life.toString());
        }
    }

    @Test
    void nameAndToken_over4096_refusedWithSizes() {
        String payload = "x".repeat(4096 - "__Host-sid".length() - 39);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fixture.signer.sign(payload))
                .withMessageContainingAll("4047 bytes", "4097", "4096");
        assertThatIllegalArgumentException().isThrownBy(() -> fixture.signer.sign(new byte[1 << 20]));
    }

    @Test
    void times_outside32Bits_refused() {
        fixture.clock.skew(Duration.between(START, Instant.ofEpochSecond(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fixture.signer.sign("u"))
                .withMessageContaining("32 bits");
        fixture.clock.skew(Duration.ofSeconds(1L << 32).minus(LIFE));
        assertThat(fixture.valid(fixture.signer.sign("u")).expiresAt()).isEqualTo(Instant.ofEpochSecond(0xFFFF_FFFFL));
        fixture.clock.skew(SECOND);
        assertThatIllegalArgumentException().isThrownBy(() -> fixture.signer.sign("u"));
    }

    @Test
    void text_unpairedSurrogate_refused() {
        for (String bad : List.of("a\ud83d", "\ude00a", "\ud83da", "\ude00\ud83d")) {
            assertThatIllegalArgumentException().isThrownBy(() -> fixture.signer.sign(bad));
        }
        assertThat(fixture.valid(fixture.signer.sign("\ud83d\ude00")).text()).isEqualTo("\ud83d\ude00");
    }

    @Test
    void text_ofOtherBytes_refused() {
        Valid valid = fixture.valid(fixture.signer.sign(new byte[] {'a', (byte) 0xC0, (byte) 0x80}));
        assertThatIllegalStateException().isThrownBy(valid::text).withMessageContaining("3 bytes");
        assertThat(fixture.valid(fixture.signer.sign("\ufffd")).text()).isEqualTo("\ufffd");
    }

    @Test
    void nothing_verified_refused() {
        assertThatNullPointerException().isThrownBy(() -> fixture.signer.verify(null));
    }

    @Test
    void retiringToken_verified_resignedWithSameClaims() {
        String old = fixture.signer.sign("user-42");
        fixture.rotate();
        fixture.clock.advance(Duration.ofHours(1));

        Valid valid = fixture.valid(old);
        Valid resigned = fixture.valid(valid.resign().orElseThrow());

        assertThat(valid.version()).isEqualTo(1);
        assertThat(resigned.version()).isEqualTo(2);
        assertThat(resigned.text()).isEqualTo("user-42");
        assertThat(resigned.issuedAt()).isEqualTo(valid.issuedAt());
        assertThat(resigned.expiresAt()).isEqualTo(valid.expiresAt());
        assertThat(resigned.resign()).isEmpty();
    }

    @Test
    void retiringToken_resignedByTwoReplicas_sameBytes() {
        String old = fixture.signer.sign("user 42");
        fixture.rotate();
        ManualClock elsewhere = ManualClock.at(START.plusSeconds(17));
        try (FakeSecret replica = FakeSecret.create("session", elsewhere, SessionFixture.value(1))) {
            replica.rotate(SessionFixture.value(2));
            SessionSigner other = SessionSigner.builder(replica.rotating())
                    .cookie("__Host-sid")
                    .maxLife(LIFE)
                    .clock(elsewhere)
                    .build();
            assertThat(SessionFixture.valid(other, old).resign())
                    .isEqualTo(fixture.valid(old).resign())
                    .isPresent();
        }
    }

    @Test
    void retiringToken_lastSkewOfItsLife_notResigned() {
        String old = fixture.signer.sign("u");
        fixture.rotate();
        fixture.clock.advance(LIFE.minus(SKEW).minus(SECOND));
        assertThat(fixture.valid(old).resign()).isPresent();
        fixture.clock.advance(SECOND);
        assertThat(fixture.valid(old).resign()).isEmpty();
    }

    /** A key stolen after its retirement cannot move what it signs to the next: see {@link Valid#resign()}. */
    @Test
    void retiringToken_issuedLaterThanSkewAfterRetirement_validButNotResigned() {
        fixture.rotate();
        fixture.clock.advance(HORIZON);
        Instant edge = START.plus(SKEW);
        assertThat(fixture.valid(forge(1, "u", edge, edge.plus(LIFE))).resign()).isPresent();
        Instant late = edge.plus(SECOND);
        assertThat(fixture.valid(forge(1, "u", late, late.plus(LIFE))).resign()).isEmpty();
    }

    @Test
    void publishedVersionsToken_verifiedByALaggingReplica_notResignedBackwards() {
        fixture.secret.publish(SessionFixture.value(2));
        fixture.secret.refresh();
        Valid valid = fixture.valid(forge(2, "u", START, START.plus(LIFE)));
        assertThat(valid.version()).isEqualTo(2);
        assertThat(valid.resign()).isEmpty();
    }

    @Test
    void retiringToken_primaryCompromised_notResigned() {
        String old = fixture.signer.sign("u");
        fixture.rotate();
        fixture.secret.compromise(2);
        fixture.secret.refresh();
        assertThat(fixture.valid(old).resign()).isEmpty();
    }

    @Test
    void rolledBackVersionsToken_verified_resignedToTheOldPrimary() {
        fixture.rotate();
        String token = fixture.signer.sign("u");
        fixture.secret.promote(1);
        fixture.secret.refresh();
        Valid valid = fixture.valid(token);
        assertThat(fixture.valid(valid.resign().orElseThrow()).version()).isEqualTo(1);
    }

    @Test
    void token_renewed_newLifeOfTheSameLength() {
        Valid valid = fixture.valid(fixture.signer.sign(SessionFixture.ascii("user-42"), Duration.ofHours(2)));
        fixture.clock.advance(Duration.ofHours(1));
        fixture.rotate();
        Valid renewed = fixture.valid(fixture.signer.renew(valid));
        assertThat(renewed.text()).isEqualTo("user-42");
        assertThat(renewed.issuedAt()).isEqualTo(START.plus(Duration.ofHours(1)));
        assertThat(renewed.expiresAt()).isEqualTo(START.plus(Duration.ofHours(3)));
        assertThat(renewed.version()).isEqualTo(2);
    }

    @Test
    void token_renewedForAnotherPurpose_refused() {
        Valid valid = fixture.valid(fixture.signer.sign("u"));
        SessionSigner twin = fixture.builder().build();
        SessionSigner other = fixture.builder().purpose("csrf").build();
        assertThat(twin.renew(valid)).isEqualTo(fixture.signer.renew(valid));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> other.renew(valid))
                .withMessageContaining("__Host-sid");
    }

    @Test
    void skew_setToZero_judgesExactly() {
        SessionSigner strict = fixture.builder().skew(Duration.ZERO).build();
        String token = fixture.signer.sign(new byte[1], SECOND);
        SessionFixture.valid(strict, token);
        fixture.clock.advance(SECOND);
        assertThat(strict.verify(token)).isEqualTo(new Verification.Rejected(RejectionReason.EXPIRED));
    }

    @Test
    void keyring_confirmedUnchanged_keepsSigningTheSame() {
        String token = fixture.signer.sign("u");
        fixture.secret.refresh();
        assertThat(fixture.signer.sign("u")).isEqualTo(token);
    }

    @Test
    void requests_whileTheKeyringChanges_allSucceed() throws Exception {
        String token = fixture.signer.sign("u");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Boolean> requests = () -> IntStream.range(0, 5_000)
                    .allMatch(i -> fixture.valid(token).version() == 1
                            && fixture.valid(fixture.signer.sign("v")).text().equals("v"));
            List<Future<Boolean>> running = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(requests))
                    .toList();
            for (int i = 0; i < 20; i++) {
                fixture.rotate();
            }
            for (Future<Boolean> each : running) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
