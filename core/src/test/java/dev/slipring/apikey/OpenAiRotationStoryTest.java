package dev.slipring.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Three replicas of an application call OpenAI all the while its key is rotated a hundred times. */
class OpenAiRotationStoryTest {
    private static final SecretName NAME = SecretName.of("openai");
    private static final int ROTATIONS = 100;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** The usual policy in quick motion: a rotation takes about half an hour. */
    private static final RotationPolicy POLICY = RotationPolicy.builder(SecretKind.OUTBOUND, Duration.ofDays(90))
            .staleness(Duration.ofMinutes(2))
            .publishDelay(Duration.ofMinutes(5))
            .overlap(Duration.ofMinutes(12))
            .longestOutage(Duration.ofMinutes(12))
            .revocation(Duration.ofMinutes(10))
            .trafficCycle(MINUTE)
            .build();

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final FakeOpenAi openAi = new FakeOpenAi(clock);
    private final SecretValue root = openAi.rootKey();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final List<String> alerts = new ArrayList<>();
    private int calls;
    private int failed;

    private Slipring replica(String name) {
        return Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .replica(name)
                .audit(event -> {})
                .listener(new RotationListener() {
                    @Override
                    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {}

                    @Override
                    public void onAlert(SecretName secret, String why) {
                        alerts.add(why);
                    }
                })
                .build();
    }

    private HttpIssuer issuer() {
        return OpenAiKeys.at(openAi.base())
                .serviceAccounts(FakeOpenAi.PROJECT, "shop", ApiCredential.bearer(root))
                .idleAfter(Duration.ofMinutes(5))
                .http(http)
                .ticker(clock)
                .build();
    }

    @Test
    void application_callsOn_throughAHundredRotations() throws Exception {
        openAi.fading(Duration.ofMinutes(3));
        try (openAi;
                Slipring one = replica("one");
                Slipring two = replica("two");
                Slipring three = replica("three")) {
            List<RotatingSecret> keys = List.of(
                    one.secret(NAME.value(), issuer(), POLICY),
                    two.secret(NAME.value(), issuer(), POLICY),
                    three.secret(NAME.value(), issuer(), POLICY));
            for (int i = 1; i <= ROTATIONS; i++) {
                int minutes = 0;
                for (; !(two.rotate(NAME.value(), "ada", "asked") instanceof Answer.Accepted); minutes++) {
                    assertThat(minutes)
                            .as("before rotation %d: %s", i, record())
                            .isLessThan(120);
                    pass(keys);
                }
                for (; !settled(i); minutes++) {
                    assertThat(minutes)
                            .as("rotation %d: %s, alerts %s", i, record(), alerts)
                            .isLessThan(120);
                    pass(keys);
                }
            }
        }

        assertThat(failed).as("failed of %d calls", calls).isZero();
        assertThat(calls).isGreaterThan(3000);
        assertThat(alerts).isEmpty();
        assertThat(openAi.accounts())
                .containsExactly("shop-a-r101-" + record().rotation().id());
    }

    private void pass(List<RotatingSecret> keys) throws Exception {
        scheduler.advance(MINUTE);
        for (RotatingSecret key : keys) {
            call(key);
        }
    }

    private boolean settled(int rotation) {
        return record().phase() == Phase.IDLE
                && record().version(rotation).orElseThrow().state().compareTo(VersionState.REVOKED) >= 0;
    }

    private SecretRecord record() {
        return store.read(NAME).record().orElseThrow();
    }

    private void call(RotatingSecret key) throws Exception {
        URI models = URI.create(openAi.base() + "/models");
        int version = key.primary().number();
        HttpRequest request =
                ApiCredential.bearer(key).on(HttpRequest.newBuilder(models)).build();
        key.use(version).mark();
        calls++;
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        failed += new ApiReply(status, new byte[0]).verdict() == ProbeVerdict.ALIVE ? 0 : 1;
    }
}
