package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipring.Slipring;
import dev.slipring.apikey.HttpIssuer;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls with a rotating key, against what stands in for the service. */
final class ModerationTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ServiceAccounts accounts = new ServiceAccounts(clock, Optional.empty());
    private final PretendOpenAi openAi = new PretendOpenAi(accounts);
    private final SecretValue admin = openAi.adminKey();
    private final Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
            .ticker(clock)
            .scheduler(ManualScheduler.on(clock))
            .audit(event -> {})
            .build();
    private final RotatingSecret key = slipring.secret(
            Replica.API_KEY, Moderation.issuer(openAi.base(), admin), RotationPolicy.apiKeys(Duration.ofDays(90)));
    private final Tally tally = new Tally();
    private final Latencies latencies = new Latencies();
    private final Moderation moderation =
            new Moderation(openAi.base(), key, tally, new Stopwatch(new RunClock(clock), () -> false, latencies));

    @AfterEach
    void close() {
        moderation.close();
        slipring.close();
        admin.wipe();
        openAi.close();
    }

    @Test
    void text_isAllowedUnlessItIsFlagged() throws IOException {
        assertThat(moderation.allows("good morning")).isTrue();
        assertThat(moderation.allows("buy " + PretendOpenAi.FLAGGED_WORD)).isFalse();

        assertThat(tally.apiCalls.sum()).isEqualTo(2);
        assertThat(latencies.percentiles(sample -> true).count()).isEqualTo(2);
    }

    @Test
    void answers_thatSayToComeAgain_areComeBackTo() throws IOException {
        for (int i = 0; i < 250; i++) {
            assertThat(moderation.allows("note " + i)).isTrue();
        }

        assertThat(tally.repeatedApiCalls.sum()).isBetween(4L, 8L);
        assertThat(tally.failedApiCalls.sum()).isZero();
    }

    @Test
    void key_revokedBehindOurBack_failsTheCall_andIsCounted() throws IOException {
        assertThat(moderation.allows("good morning")).isTrue();
        openAi.delete(key.keyring().primary().version().attributes().getOrDefault(HttpIssuer.ATTRIBUTE, ""));
        clock.advance(ServiceAccounts.FADING);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> moderation.allows("good evening"))
                .withMessageContaining("401");

        assertThat(tally.failedApiCalls.sum()).isEqualTo(1);
        assertThat(tally.apiCalls.sum()).isEqualTo(2);
    }
}
