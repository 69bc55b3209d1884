package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.apikey.WebhookVerification.Valid;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers known from elsewhere: what GitHub and Standard Webhooks publish, and what Stripe's own library signed. */
class WebhookVectorsTest {
    private static final String GITHUB = "X-Hub-Signature-256";
    private static final String STRIPE = "Stripe-Signature";

    private static FakeSecret secret(String first) {
        return FakeSecret.create("shop.webhook", ManualClock.at("2030-01-01T00:00:00Z"), first.getBytes(UTF_8));
    }

    private static WebhookVerification verify(
            WebhookVerifier.Builder verifier, Map<String, String> headers, String body) {
        return verifier.build().verify(headers::get, body.getBytes(UTF_8));
    }

    private static Valid valid(int version, long sent, String id) {
        return new Valid(version, Optional.of(Instant.ofEpochSecond(sent)), Optional.ofNullable(id));
    }

    /** Of "Validating webhook deliveries" in GitHub's documentation. */
    @Test
    void github_documentation_isValid() {
        WebhookVerifier.Builder verifier =
                WebhookVerifier.github(secret("It's a Secret to Everybody").rotating());
        Map<String, String> headers =
                Map.of(GITHUB, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
        assertThat(verify(verifier, headers, "Hello, World!"))
                .isEqualTo(new Valid(1, Optional.empty(), Optional.empty()));
    }

    /** Of the specification's reference libraries; the documentation of many senders has it. */
    @Test
    void standardWebhooks_referenceLibraries_isValid() {
        Instant sent = Instant.ofEpochSecond(1614265330);
        Map<String, String> headers = Map.of(
                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp", "1614265330",
                "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        for (String secret :
                new String[] {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
            WebhookVerifier.Builder verifier =
                    WebhookVerifier.standard(secret(secret).rotating()).clock(() -> sent);
            assertThat(verify(verifier, headers, "{\"test\": 2432232314}"))
                    .isEqualTo(valid(1, 1614265330, "msg_p5jXN8AQM9LWM0D4loKWxJek"));
        }
    }

    /** Of the specification's test page. */
    @Test
    void standardWebhooks_ping_isValid() {
        Instant sent = Instant.ofEpochSecond(1731705121);
        Map<String, String> headers = Map.of(
                "webhook-id", "msg_loFOjxBNrRLzqYUf",
                "webhook-timestamp", "1731705121",
                "webhook-signature", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
        WebhookVerifier.Builder verifier = WebhookVerifier.standard(
                        secret("whsec_plJ3nmyCDGBKInavdOK15jsl").rotating())
                .clock(() -> sent);
        assertThat(verify(verifier, headers, "{\"event_type\":\"ping\",\"data\":{\"success\":true}}"))
                .isEqualTo(valid(1, 1731705121, "msg_loFOjxBNrRLzqYUf"));
    }

    /** Signed by stripe-java 33.3.0; two of the headers joined as Stripe does while a secret is rolled. */
    @Test
    void stripe_ownLibrary_isValid() {
        Instant sent = Instant.ofEpochSecond(1492774577);
        String body = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
        String one = "v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812";
        String two = "v1=7fa23d9e09b6449e91f7ca96eeccb13c7841a76266851448b897ed6fd32945df";
        FakeSecret secret = secret("whsec_test_secret");
        WebhookVerifier.Builder verifier =
                WebhookVerifier.stripe(secret.rotating()).clock(() -> sent);
        assertThat(verify(verifier, Map.of(STRIPE, "t=1492774577," + one), body))
                .isEqualTo(valid(1, 1492774577, null));
        assertThat(verify(verifier, Map.of(STRIPE, "t=1492774577," + two + "," + one), body))
                .isEqualTo(valid(1, 1492774577, null));
        secret.rotate("whsec_5AZ09zvdt2u6VQ1k0lHmVZ0vXk8Z6kG3".getBytes(UTF_8));
        assertThat(verify(verifier, Map.of(STRIPE, "t=1492774577," + two + "," + one), body))
                .isEqualTo(valid(2, 1492774577, null));
    }

    /** Signed by stripe-java 33.3.0. */
    @Test
    void stripe_ownLibraryBeyondAscii_isValid() {
        Instant sent = Instant.ofEpochSecond(1492774577);
        WebhookVerifier.Builder verifier =
                WebhookVerifier.stripe(secret("whsec_test_secret").rotating()).clock(() -> sent);
        String header = "t=1492774577,v1=11d1290af9aa4296492f1808cd1e5d13721190f9ad9338c513ea3652b273964e";
        assertThat(verify(verifier, Map.of(STRIPE, header), "{\"name\":\"Zo\u00eb, \u6771\u4eac \ud83d\ude80\"}"))
                .isEqualTo(valid(1, 1492774577, null));
    }
}
