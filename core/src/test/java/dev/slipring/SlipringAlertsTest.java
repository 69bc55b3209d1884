package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.observe.Finding;
import dev.slipring.observe.HealthStatus;
import dev.slipring.observe.UseDetector;
import dev.slipring.observe.UseHistoryStore;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines and unusual use: who is told, how often, and for how long health shows it. */
class SlipringAlertsTest {
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final List<String> alerts = new ArrayList<>();
    private final Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
            .scheduler(scheduler)
            .ticker(clock)
            .listener(new RotationListener() {
                @Override
                public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {}

                @Override
                public void onAlert(SecretName secret, String why) {
                    alerts.add(why);
                }
            })
            .build();
    private final RotatingSecret secret = slipring.secret("session", RandomIssuer.bytes(32), POLICY);

    @AfterEach
    void close() {
        slipring.close();
    }

    /** Nobody may rotate, so every deadline of 90 days passes: 76, 83, 90. */
    @Test
    void deadlines_areToldMoreOftenTheLaterItIs_andShownAllTheTime() {
        slipring.command(
                "session",
                new Command.Freeze(clock.instant(), clock.instant().plus(Duration.ofDays(200)), "ada", "exercise"));
        scheduler.advance(DAY.multipliedBy(76).minus(HOUR));
        assertThat(alerts).isEmpty();
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);

        for (int hour = 0; hour < 72; hour++) {
            scheduler.advance(HOUR);
            assertThat(findings().contains(Finding.Kind.ALERT))
                    .as("hour %d", hour)
                    .isEqualTo(hour > 0);
        }
        assertThat(alerts).hasSize(3).allMatch(why -> why.contains("the age to warn at, PT1824H, and reaches"));

        scheduler.advance(DAY.multipliedBy(4).plus(HOUR));
        alerts.clear();
        scheduler.advance(DAY);
        assertThat(alerts).hasSize(4).allMatch(why -> why.contains("the age to page at, PT1992H, and reaches"));

        scheduler.advance(DAY.multipliedBy(6));
        alerts.clear();
        scheduler.advance(HOUR);
        assertThat(alerts).hasSize(4).allMatch(why -> why.contains("the maximum age of PT2160H"));

        slipring.command("session", new Command.Thaw("ada", "over"));
        scheduler.advance(DAY);
        assertThat(findings()).isEmpty();
    }

    @Test
    void revokedVersion_used_isToldInTheInterval_andShownForAnHour() {
        scheduler.advance(UseDetector.INTERVAL);
        secret.use(1).refused();
        assertThat(alerts).isEmpty();
        scheduler.advance(UseDetector.INTERVAL);
        assertThat(alerts).containsExactly("used although accepted no more: version 1 (PRIMARY) 1 times");
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP_WITH_WARNINGS);
        assertThat(findings()).containsExactly(Finding.Kind.ANOMALY);
        scheduler.advance(HOUR.minus(UseDetector.INTERVAL));
        assertThat(findings()).containsExactly(Finding.Kind.ANOMALY);
        scheduler.advance(UseDetector.INTERVAL);
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        assertThat(alerts).hasSize(1);
    }

    @Test
    void badSignatures_inASpike_areTold_andEndWithClose() {
        scheduler.advance(HOUR);
        for (int i = 0; i < 100; i++) {
            secret.uses().failed(AuthFailure.SIGNATURE);
        }
        scheduler.advance(UseDetector.INTERVAL);
        assertThat(alerts).containsExactly("100 bad signatures in the last interval, usual are 0.0");
        slipring.close();
        assertThat(scheduler.pending()).isZero();
    }

    /** The first half hour only teaches; what it taught is there after a restart. */
    @Test
    void badSignatures_inASpikeSoonAfterARestart_areTold(@TempDir Path directory) {
        for (int start = 0; start < 2; start++) {
            Slipring.Builder builder = Slipring.builder(InMemorySecretStore.create(clock))
                    .scheduler(scheduler)
                    .ticker(clock)
                    .useHistories(UseHistoryStore.in(directory));
            try (Slipring replica = builder.build()) {
                RotatingSecret used = replica.secret("session", RandomIssuer.bytes(32), POLICY);
                scheduler.advance(start == 0 ? HOUR : UseDetector.INTERVAL);
                for (int i = 0; i < 100; i++) {
                    used.uses().failed(AuthFailure.SIGNATURE);
                }
                scheduler.advance(UseDetector.INTERVAL);
                assertThat(replica.health().secret("session").orElseThrow().findings())
                        .extracting(Finding::kind)
                        .containsExactly(Finding.Kind.ANOMALY);
            }
        }
    }

    private List<Finding.Kind> findings() {
        return slipring.health().secret("session").orElseThrow().findings().stream()
                .map(Finding::kind)
                .filter(kind -> kind != Finding.Kind.AGE)
                .toList();
    }
}
