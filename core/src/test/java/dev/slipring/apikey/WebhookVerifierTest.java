package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.slipring.apikey.WebhookVerification.Reason;
import dev.slipring.apikey.WebhookVerification.Rejected;
import dev.slipring.apikey.WebhookVerification.Valid;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.UseCounts.OfVersion;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class WebhookVerifierTest {
    private static final String BODY = "{\"event_type\":\"ping\",\"data\":{\"success\":true}}";
    private static final long SENT = 1731705121;

    private final ManualClock clock = ManualClock.at(Instant.ofEpochSecond(SENT));

    private FakeSecret secret(String first) {
        return FakeSecret.create("shop.webhook", clock, first.getBytes(UTF_8));
    }

    private static WebhookVerification verify(WebhookVerifier verifier, Map<String, String> headers, String body) {
        return verifier.verify(headers::get, body.getBytes(UTF_8));
    }

    private static Map<String, String> stripe(String... secrets) {
        StringBuilder header = new StringBuilder("t=" + SENT);
        for (String secret : secrets) {
            header.append(",v1=").append(hex(secret, SENT + "." + BODY));
        }
        return Map.of("Stripe-Signature", header.toString());
    }

    private static String hex(String secret, String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> standard() {
        return new TreeMap<>(Map.of(
                "webhook-id", "msg_loFOjxBNrRLzqYUf",
                "webhook-timestamp", String.valueOf(SENT),
                "webhook-signature", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="));
    }

    // ---- rotation

    @Test
    void verify_duringTheOverlap_takesEitherVersionAndCountsTheNewestAsUsed() {
        FakeSecret secret = secret("whsec_one");
        WebhookVerifier verifier =
                WebhookVerifier.stripe(secret.rotating()).clock(clock).build();
        secret.rotate("whsec_two".getBytes(UTF_8));
        assertThat(verify(verifier, stripe("whsec_one", "whsec_two"), BODY))
                .isInstanceOfSatisfying(
                        Valid.class, valid -> assertThat(valid.version()).isEqualTo(2));
        secret.refresh();
        assertThat(secret.report().lastUse()).containsOnlyKeys(2);
        assertThat(verify(verifier, stripe("whsec_one"), BODY))
                .isInstanceOfSatisfying(
                        Valid.class, valid -> assertThat(valid.version()).isEqualTo(1));
        secret.refresh();
        assertThat(secret.report().lastUse()).containsOnlyKeys(1, 2);
        assertThat(secret.rotating().uses().counts().versions())
                .containsExactly(entry(1, new OfVersion(0, 1, 0)), entry(2, new OfVersion(0, 1, 0)));
    }

    @Test
    void verify_unknownSecret_isRejectedAndReadsTheSecretAnew() {
        FakeSecret secret = secret("whsec_one");
        WebhookVerifier verifier =
                WebhookVerifier.stripe(secret.rotating()).clock(clock).build();
        clock.advance(Duration.ofSeconds(1));
        secret.publish("whsec_two".getBytes(UTF_8));
        assertThat(verify(verifier, stripe("whsec_two"), BODY)).isEqualTo(new Rejected(Reason.BAD_SIGNATURE));
        assertThat(secret.rotating().uses().counts().failures(AuthFailure.SIGNATURE))
                .isEqualTo(1);
        secret.scheduler().runDue();
        assertThat(verify(verifier, stripe("whsec_two"), BODY)).isInstanceOf(Valid.class);
    }

    @Test
    void verify_compromisedVersion_isRejectedAndIsNoUse() {
        FakeSecret secret = secret("whsec_one");
        WebhookVerifier verifier =
                WebhookVerifier.stripe(secret.rotating()).clock(clock).build();
        secret.compromise(1);
        secret.refresh();
        assertThat(verify(verifier, stripe("whsec_one"), BODY)).isEqualTo(new Rejected(Reason.COMPROMISED_SECRET));
        secret.refresh();
        assertThat(secret.report().lastUse()).isEmpty();
        assertThat(secret.rotating().uses().counts().versions()).containsEntry(1, new OfVersion(0, 0, 1));
    }

    @Test
    void verify_compromisedVersionBesideAGoodOne_isValidByTheGoodOne() {
        FakeSecret secret = secret("whsec_one");
        WebhookVerifier verifier =
                WebhookVerifier.stripe(secret.rotating()).clock(clock).build();
        secret.rotate("whsec_two".getBytes(UTF_8));
        secret.compromise(2);
        secret.refresh();
        assertThat(verify(verifier, stripe("whsec_two", "whsec_one"), BODY))
                .isInstanceOfSatisfying(
                        Valid.class, valid -> assertThat(valid.version()).isEqualTo(1));
        assertThat(verify(verifier, stripe("whsec_two"), BODY)).isEqualTo(new Rejected(Reason.COMPROMISED_SECRET));
    }

    @Test
    void verify_secretThatIsNoKey_letsTheOthersVerify() {
        FakeSecret secret = secret("whsec_plJ3nmyCDGBKInavdOK15jsl");
        WebhookVerifier verifier =
                WebhookVerifier.standard(secret.rotating()).clock(clock).build();
        for (String each : new String[] {"whsec_", "not base64!", "whsec_="}) {
            secret.rotate(each.getBytes(UTF_8));
            assertThat(verify(verifier, standard(), BODY)).as(each).isInstanceOf(Valid.class);
        }
    }

    // ---- refusals

    @Test
    void verify_outsideTheTolerance_isExpiredOrFuture() {
        WebhookVerifier verifier = WebhookVerifier.stripe(secret("whsec_one").rotating())
                .clock(clock)
                .build();
        clock.skew(Duration.ofSeconds(300));
        assertThat(verify(verifier, stripe("whsec_one"), BODY)).isInstanceOf(Valid.class);
        clock.skew(Duration.ofSeconds(1));
        assertThat(verify(verifier, stripe("whsec_one"), BODY)).isEqualTo(new Rejected(Reason.EXPIRED));
        clock.skew(Duration.ofSeconds(-602));
        assertThat(verify(verifier, stripe("whsec_one"), BODY)).isEqualTo(new Rejected(Reason.FUTURE));
    }

    @Test
    void verify_sameDeliveryTwice_isReplayedUntilTheWindowOrTheMemoryEnds() {
        WebhookVerifier verifier = WebhookVerifier.github(secret("one").rotating())
                .clock(clock)
                .refuseReplays(Duration.ofMinutes(10), 2)
                .build();
        assertThat(github(verifier, "a")).isInstanceOf(Valid.class);
        assertThat(github(verifier, "a")).isEqualTo(new Rejected(Reason.REPLAYED));
        assertThat(github(verifier, "b")).isInstanceOf(Valid.class);
        assertThat(github(verifier, "c")).isInstanceOf(Valid.class); // beyond two the oldest is forgotten
        assertThat(github(verifier, "a")).isInstanceOf(Valid.class);
        clock.advance(Duration.ofMinutes(10).plusSeconds(1));
        assertThat(github(verifier, "c")).isInstanceOf(Valid.class);
    }

    private static WebhookVerification github(WebhookVerifier verifier, String body) {
        return verify(verifier, Map.of("X-Hub-Signature-256", "sha256=" + hex("one", body)), body);
    }

    @Test
    void verify_oneOfTwoSignaturesTakenAway_isStillAReplay() {
        FakeSecret secret = secret("whsec_one");
        secret.rotate("whsec_two".getBytes(UTF_8));
        WebhookVerifier verifier = WebhookVerifier.stripe(secret.rotating())
                .clock(clock)
                .refuseReplays(Duration.ofMinutes(10), 100)
                .build();
        assertThat(verify(verifier, stripe("whsec_one", "whsec_two"), BODY)).isInstanceOf(Valid.class);
        assertThat(verify(verifier, stripe("whsec_one"), BODY)).isEqualTo(new Rejected(Reason.REPLAYED));
    }

    @Test
    void verify_replay_isNoUseOfTheSecret() {
        FakeSecret secret = secret("one");
        WebhookVerifier verifier = WebhookVerifier.github(secret.rotating())
                .clock(clock)
                .refuseReplays(Duration.ofMinutes(10), 2)
                .build();
        assertThat(github(verifier, "a")).isInstanceOf(Valid.class);
        secret.refresh();
        Map<Integer, Instant> used = secret.report().lastUse();
        clock.advance(Duration.ofMinutes(1));
        assertThat(github(verifier, "a")).isEqualTo(new Rejected(Reason.REPLAYED));
        secret.refresh();
        assertThat(secret.report().lastUse()).isEqualTo(used);
        assertThat(secret.rotating().uses().counts().versions()).containsEntry(1, new OfVersion(0, 1, 0));
    }

    @Test
    void verify_bodyOverTheLimit_isTooLarge() {
        WebhookVerifier verifier =
                WebhookVerifier.github(secret("one").rotating()).maxBody(3).build();
        assertThat(github(verifier, "abc")).isInstanceOf(Valid.class);
        assertThat(github(verifier, "abcd")).isEqualTo(new Rejected(Reason.TOO_LARGE));
    }

    @Test
    void verify_otherSpellings_areMissingOrMalformed() {
        WebhookVerifier stripe =
                WebhookVerifier.stripe(secret("one").rotating()).clock(clock).build();
        String right = stripe("one").get("Stripe-Signature");
        String code = right.substring(right.indexOf("v1=") + 3);
        assertThat(verify(stripe, Map.of(), BODY)).isEqualTo(new Rejected(Reason.MISSING_HEADER));
        assertThat(verify(stripe, Map.of("Stripe-Signature", right + ",v0=old,v2=new"), BODY))
                .isInstanceOf(Valid.class);
        for (String each : new String[] {
            "",
            "t=" + SENT,
            "v1=" + code,
            right + ",t=" + SENT,
            right.replace("t=", "t=-"),
            right.replace(",", ", "),
            right + ",",
            right.replace(code, code.toUpperCase(java.util.Locale.ROOT)),
            right + ",v1=00",
            right + ",x=1".repeat(15),
            right + ",x=" + "1".repeat(4096)
        }) {
            assertThat(verify(stripe, Map.of("Stripe-Signature", each), BODY))
                    .as(each)
                    .isEqualTo(new Rejected(Reason.MALFORMED));
        }
        WebhookVerifier standard = WebhookVerifier.standard(
                        secret("whsec_plJ3nmyCDGBKInavdOK15jsl").rotating())
                .clock(clock)
                .build();
        Map<String, String> dotted = standard();
        dotted.put("webhook-id", "msg.1");
        assertThat(verify(standard, dotted, BODY)).isEqualTo(new Rejected(Reason.MALFORMED));
        dotted.remove("webhook-id");
        assertThat(verify(standard, dotted, BODY)).isEqualTo(new Rejected(Reason.MISSING_HEADER));
    }

    @Test
    void verify_anyCharacterChanged_isRejected() {
        WebhookVerifier verifier = WebhookVerifier.standard(
                        secret("whsec_plJ3nmyCDGBKInavdOK15jsl").rotating())
                .clock(clock)
                .build();
        for (Map.Entry<String, String> header : standard().entrySet()) {
            for (int at = 0; at < header.getValue().length(); at++) {
                for (int bit = 0; bit < 7; bit++) {
                    Map<String, String> changed = standard();
                    changed.put(header.getKey(), flipped(header.getValue(), at, bit));
                    assertThat(verify(verifier, changed, BODY)).isInstanceOf(Rejected.class);
                }
            }
        }
        for (int at = 0; at < BODY.length(); at++) {
            assertThat(verify(verifier, standard(), flipped(BODY, at, 0)))
                    .isEqualTo(new Rejected(Reason.BAD_SIGNATURE));
        }
    }

    private static String flipped(String text, int at, int bit) {
        StringBuilder changed = new StringBuilder(text);
        changed.setCharAt(at, (char) (text.charAt(at) ^ 1 << bit));
        return changed.toString();
    }

    @Test
    void verify_garbage_isRejectedAndNeverThrows() {
        Random random = new Random(1);
        String alphabet = "tv1=,. 0aZ+/\u0000\u00e9\ud800";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder garbage = new StringBuilder();
            random.ints(random.nextInt(40), 0, alphabet.length()).forEach(c -> garbage.append(alphabet.charAt(c)));
            for (WebhookFormat format : WebhookFormat.values()) {
                assertThat(format.read(name -> garbage.toString())).isInstanceOf(WebhookFormat.Refused.class);
            }
        }
    }

    // ---- what it is made of

    @Test
    void build_whatWouldNotHold_isRefused() {
        FakeSecret secret = secret("not base64!");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebhookVerifier.standard(secret.rotating()).build())
                .withMessageContaining("version 1 is not base64")
                .withMessageNotContaining("not base64!");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebhookVerifier.stripe(secret.rotating())
                        .refuseReplays(Duration.ofSeconds(599), 10)
                        .build())
                .withMessageContaining("twice the tolerance");
    }
}
