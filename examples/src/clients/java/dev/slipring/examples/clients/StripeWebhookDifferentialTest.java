package dev.slipring.examples.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import dev.slipring.apikey.WebhookVerification.Valid;
import dev.slipring.apikey.WebhookVerifier;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Webhooks that Stripe's library signs, verified by it and by ours: they agree, whatever was tampered with. */
class StripeWebhookDifferentialTest {
    private static final String ACCEPTED = "whsec_first";
    private static final List<String> SECRETS = List.of(ACCEPTED, "whsec_second", "whsec_strangers");
    private static final List<String> BODIES =
            List.of("", "{}", "{\"id\":\"evt_1\"}", "{\"n\":\"Zoë 東京 🚀\"}", "line\r\n.\n");
    private static final int TOLERANCE = 300;
    private static final int TRIES = 3000;

    private final Random random = new Random(42);

    @Test
    void verdicts_ofManyDeliveries_areThoseOfStripesLibrary() throws Exception {
        ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
        long now = clock.instant().getEpochSecond();
        int valid = 0;
        try (FakeSecret secret = FakeSecret.create("stripe-webhook", clock, ACCEPTED.getBytes(UTF_8))) {
            WebhookVerifier verifier =
                    WebhookVerifier.stripe(secret.rotating()).clock(clock).build();
            for (int i = 0; i < TRIES; i++) {
                long sent = now - random.nextInt(TOLERANCE + 3);
                String body = BODIES.get(random.nextInt(BODIES.size()));
                String header = header(body, sent);
                String arrived = random.nextInt(4) == 0 ? BODIES.get(random.nextInt(BODIES.size())) : body;
                boolean theirs = theirs(arrived, header, clock.instant());
                boolean ours = verifier.verify(
                                name -> Map.of("Stripe-Signature", header).get(name), arrived.getBytes(UTF_8))
                        instanceof Valid;
                assertThat(ours).as("%s over %s", header, arrived).isEqualTo(theirs);
                valid += ours ? 1 : 0;
            }
        }
        assertThat(valid).isBetween(TRIES / 10, TRIES * 9 / 10);
    }

    /** Up to three signatures, by one secret or several, beside those of other schemes; now and then a digit is off. */
    private String header(String body, long sent) throws Exception {
        List<String> items = new ArrayList<>(List.of("t=" + sent));
        for (int i = 0; i <= random.nextInt(3); i++) {
            String secret = SECRETS.get(random.nextInt(SECRETS.size()));
            String made = Webhook.Signature.generateSignatureHeader(body, secret, sent);
            items.add(made.substring(made.indexOf(',') + 1));
        }
        if (random.nextInt(4) == 0) {
            items.add(1, "v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39");
        }
        String header = String.join(",", items);
        if (random.nextInt(4) > 0) {
            return header;
        }
        int at = header.length() - 1 - random.nextInt(64);
        return header.substring(0, at) + (header.charAt(at) == '0' ? '1' : '0') + header.substring(at + 1);
    }

    private static boolean theirs(String body, String header, Instant now) {
        try {
            return Webhook.Signature.verifyHeader(body, header, ACCEPTED, TOLERANCE, Clock.fixed(now, ZoneOffset.UTC));
        } catch (SignatureVerificationException e) {
            return false;
        }
    }
}
