package dev.slipring.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import dev.slipring.testing.SimulatedIssuer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** A sender that knows one secret at a time delivers to two replicas while that secret rotates, three times. */
class WebhookRotationStoryTest {
    private static final String NAME = "github-webhook";
    private static final byte[] BODY = "{\"action\":\"opened\"}".getBytes(UTF_8);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final int ROTATIONS = 3;
    private static final int MOST_DELIVERIES = 40_000;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final SimulatedIssuer sender = SimulatedIssuer.of(
            new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), false, false, Duration.ofSeconds(30)),
            clock,
            new SplittableRandom(1));
    private final TreeSet<Integer> signedWith = new TreeSet<>();

    @Test
    void sender_switchesFromSecretToSecret_noDeliveryIsRefused() {
        try (Slipring first = replica("one");
                Slipring second = replica("two")) {
            List<WebhookVerifier> replicas = new ArrayList<>();
            for (Slipring replica : List.of(first, second)) {
                replicas.add(WebhookVerifier.github(replica.secret(NAME, sender, policy()))
                        .clock(clock)
                        .build());
            }
            for (int rotation = 1; rotation <= ROTATIONS; rotation++) {
                assertThat(first.rotate(NAME, "operator", "the story")).isInstanceOf(Answer.Accepted.class);
                int next = rotation + 1;
                for (int i = 0; !signedWith.contains(next); i++) {
                    assertThat(i).isLessThan(MOST_DELIVERIES);
                    scheduler.advance(EVERY);
                    replicas.forEach(this::deliver);
                }
                for (Duration passed = Duration.ZERO; passed.toDays() < 2; passed = passed.plus(EVERY)) {
                    scheduler.advance(EVERY);
                    replicas.forEach(this::deliver);
                }
            }
        }
        assertThat(signedWith).containsExactly(1, 2, 3, 4);
    }

    private void deliver(WebhookVerifier to) {
        SecretValue secret = sender.newest();
        String signature = secret.reveal(WebhookRotationStoryTest::signature);
        WebhookVerification seen = to.verify(Map.of("X-Hub-Signature-256", "sha256=" + signature)::get, BODY);
        assertThat(seen).isInstanceOf(WebhookVerification.Valid.class);
        signedWith.add(((WebhookVerification.Valid) seen).version());
    }

    private static String signature(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(BODY));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RotationPolicy policy() {
        return RotationPolicy.builder(SecretKind.INBOUND, Duration.ofDays(90)).build();
    }

    private Slipring replica(String name) {
        return Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .replica(name)
                .audit(event -> {})
                .build();
    }
}
