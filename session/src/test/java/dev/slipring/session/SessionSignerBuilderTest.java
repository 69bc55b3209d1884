package dev.slipring.session;

import static dev.slipring.session.SessionFixture.LIFE;
import static dev.slipring.session.SessionFixture.START;
import static dev.slipring.session.SessionFixture.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.slipring.keyring.SecretValue;
import dev.slipring.session.Verification.Rejected;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no signer is built on, and what becomes of it if it arrives later. */
class SessionSignerBuilderTest {
    private final ManualClock clock = ManualClock.at(START);

    @ParameterizedTest
    @ValueSource(strings = {"sid", "__Host-sid", "__Secure-sid", "connect.sid", "!#$%&'*+-.^_`|~09azAZ"})
    void cookieName_token_accepted(String name) {
        try (FakeSecret secret = secret(value(1))) {
            assertThat(builder(secret).cookie(name).build().toString()).contains(name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "s id", "sid;", "sid=", "s,d", "\"sid\"", "s\tid", "sid\n", "séd", "s(d", "s/d", "s@d", "s{d"
            })
    void cookieName_noToken_refused(String name) {
        try (FakeSecret secret = secret(value(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).cookie(name));
        }
    }

    @Test
    void cookieName_leavingNoRoom_refused() {
        try (FakeSecret secret = secret(value(1))) {
            SessionSigner signer = builder(secret).cookie("n".repeat(4055)).build();
            assertThat(signer.sign("")).hasSize(41);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).cookie("n".repeat(4056)));
        }
    }

    @Test
    void cookieNameOrLife_missing_refused() {
        try (FakeSecret secret = secret(value(1))) {
            assertThatIllegalStateException()
                    .isThrownBy(SessionSigner.builder(secret.rotating()).maxLife(LIFE)::build)
                    .withMessageContaining("cookie");
            assertThatIllegalStateException()
                    .isThrownBy(SessionSigner.builder(secret.rotating()).cookie("sid")::build)
                    .withMessageContaining("life");
        }
    }

    @Test
    void longestLife_outOfRange_refused() {
        try (FakeSecret secret = secret(value(1))) {
            Duration tooLong = Duration.ofDays(400).plusNanos(1);
            for (Duration life : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofMillis(999), tooLong)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> builder(secret).maxLife(life));
            }
        }
        Duration longest = Duration.ofDays(400);
        try (FakeSecret secret = FakeSecret.create("s", clock, 1, SessionFixture.lifetime(longest), value(1))) {
            assertThat(builder(secret).maxLife(longest).build()).isNotNull();
        }
    }

    @Test
    void longestLife_overTheSecretsLifetime_refusedWithBothNumbers() {
        try (FakeSecret secret = secret(value(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> builder(secret).maxLife(LIFE.plusSeconds(1)).build())
                    .withMessageContainingAll("PT12H", "PT12H1S", "outlive the overlap");
        }
    }

    @Test
    void skew_negative_refused() {
        try (FakeSecret secret = secret(value(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).skew(Duration.ofNanos(-1)));
        }
    }

    @Test
    void purpose_tooLongOrNotUnicode_refused() {
        try (FakeSecret secret = secret(value(1))) {
            assertThat(builder(secret).purpose("x".repeat(0xFFFF)).build()).isNotNull();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).purpose("x".repeat(0x10000)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).purpose("\ud800"));
        }
    }

    @Test
    void secret_under32Bytes_refused() {
        try (FakeSecret secret = secret(new byte[31])) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).build())
                    .withMessageContainingAll("version 1", "31", "32");
        }
    }

    @Test
    void versions_sharingAKeyId_refused() {
        List<byte[]> pair = collision();
        try (FakeSecret secret = secret(pair.get(0))) {
            secret.publish(pair.get(1));
            secret.refresh();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).build())
                    .withMessageContainingAll(
                            "version 1 and version 2", SessionSigner.keyId(SecretValue.copyOf(pair.get(0))));
        }
    }

    @Test
    void versions_ofOneValue_refused() {
        try (FakeSecret secret = secret(value(1))) {
            secret.publish(value(1));
            secret.refresh();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).build())
                    .withMessageContainingAll("version 1", "version 2", "same value");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keyboard cat keyboard cat keyboard cat",
                "changeme-changeme-changeme-changeme",
                "a secret with minimum length of 32 characters",
                "complex_password_at_least_32_characters_long",
                "00000000000000000000000000000000"
            })
    void secret_thatEverybodyKnows_refused(String known) {
        try (FakeSecret secret = secret(known.getBytes(StandardCharsets.US_ASCII))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder(secret).build())
                    .withMessageContaining("session version 1 is ")
                    .withMessageNotContaining(known);
        }
    }

    @Test
    void versions_sharingAKeyIdLater_primaryWins() {
        List<byte[]> pair = collision();
        try (FakeSecret secret = secret(pair.get(0))) {
            SessionSigner signer = builder(secret).build();
            String old = signer.sign("old");
            secret.publish(pair.get(1));
            secret.refresh();
            assertThat(SessionFixture.valid(signer, old).text()).isEqualTo("old");

            secret.promote(2);
            secret.refresh();
            assertThat(SessionFixture.valid(signer, signer.sign("new")).version())
                    .isEqualTo(2);
            assertThat(signer.verify(old)).isEqualTo(new Rejected(RejectionReason.BAD_SIGNATURE));
        }
    }

    @Test
    void flaws_arrivingLater_reportedOnce() {
        List<byte[]> pair = collision();
        try (FakeSecret secret = secret(pair.get(0))) {
            SignerSettings settings = SessionFixture.settings("sid", clock);
            KeyTable sound = KeyTable.of(
                    secret.rotating().keyring(), settings, new SignerUsage(settings, secret.rotating()::use));
            secret.publish(pair.get(1));
            KeyTable colliding = sound.next(secret.refresh());
            KeyTable confirmed = colliding.next(secret.refresh());
            secret.publish(Arrays.copyOf(value(3), 16));
            KeyTable weak = confirmed.next(secret.refresh());

            assertThat(sound.flaws()).isEmpty();
            assertThat(colliding.flawsSince(sound)).singleElement().asString().contains("share the key id");
            assertThat(confirmed.flawsSince(colliding)).isEmpty();
            assertThat(weak.flawsSince(confirmed)).singleElement().asString().contains("version 3 has 16 bytes");
        }
    }

    @Test
    void shortSecret_arrivingLater_failsNoRequest() {
        try (FakeSecret secret = secret(value(1))) {
            SessionSigner signer = builder(secret).build();
            secret.rotate(Arrays.copyOf(value(2), 16));
            assertThat(SessionFixture.valid(signer, signer.sign("u")).version()).isEqualTo(2);
        }
    }

    @Test
    void manyVersions_accepted_eachFound() {
        try (FakeSecret secret = secret(value(1))) {
            SessionSigner signer = builder(secret).build();
            Map<Integer, String> tokens = new HashMap<>();
            for (int number = 2; number <= 40; number++) {
                tokens.put(number - 1, signer.sign("u"));
                secret.rotate(value(number));
                tokens.forEach((version, token) -> assertThat(
                                SessionFixture.valid(signer, token).version())
                        .isEqualTo(version));
            }
        }
    }

    private FakeSecret secret(byte[] first) {
        return FakeSecret.create("session", clock, first);
    }

    private SessionSigner.Builder builder(FakeSecret secret) {
        return SessionSigner.builder(secret.rotating())
                .cookie("sid")
                .maxLife(LIFE)
                .clock(clock);
    }

    /** Two values with one key id: a birthday among 2^24 takes some thousand draws. */
    private static List<byte[]> collision() {
        Map<String, byte[]> seen = new HashMap<>();
        for (int i = 0; ; i++) {
            byte[] value = ByteBuffer.allocate(32).putInt(i).array();
            byte[] other = seen.put(SessionSigner.keyId(SecretValue.copyOf(value)), value);
            if (other != null) {
                return List.of(other, value);
            }
        }
    }
}
