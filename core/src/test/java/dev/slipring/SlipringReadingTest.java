package dev.slipring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.EnvironmentSecretSource;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlipringReadingTest {
    private static final String NAME = "session";
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Timing TIMING = POLICY.timing();
    private static final String OLD = "k7Qm2ZpX9vRtL4sWc8NdYb3HfJg6TuEa";
    private static final String NEW = "u5Gx1CwEr7ToIk0PqBzMn4VhDs9YaLf2";

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final Slipring slipring =
            Slipring.reading(source()).scheduler(scheduler).ticker(clock).build();

    @AfterEach
    void close() {
        slipring.close();
    }

    @Test
    void reader_ofTheEnvironment_seesTheSwitchWithinOneRefresh() {
        RotatingSecret secret = slipring.reader(NAME);
        scheduler.advance(Duration.ofHours(9).minusNanos(1));
        assertThat(secret.primary().value()).isEqualTo(value(OLD));
        scheduler.advance(TIMING.get(TimingParameter.REFRESH).plusNanos(1));
        assertThat(secret.primary().value()).isEqualTo(value(NEW));
        assertThat(secret.keyring().accepted()).hasSize(2);
        scheduler.advance(TIMING.get(TimingParameter.OVERLAP));
        assertThat(secret.keyring().accepted()).hasSize(1);
        assertThat(secret.stale()).isFalse();
    }

    @Test
    void reader_ofSecretThatIsNotDeclared_isRefused() {
        assertThatThrownBy(() -> slipring.reader("other"))
                .isInstanceOf(SlipringException.class)
                .hasMessageContaining("secret other does not exist");
    }

    @Test
    void everythingElse_isRefusedSinceItOnlyReads() {
        slipring.reader(NAME);
        RandomIssuer issuer = RandomIssuer.bytes(32);
        List<ThrowingCallable> refused = List.of(
                () -> slipring.secret("other", issuer, POLICY),
                () -> slipring.adopt("other", value(OLD), issuer, POLICY),
                () -> slipring.rotate(NAME, "alice", "exercise"),
                () -> slipring.command(NAME, new Command.Rotate("alice", "exercise")),
                () -> slipring.plan(NAME),
                () -> slipring.compromised(Set.of(NAME), "alice", "exercise"));
        assertThat(refused)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("only reads"));
    }

    @Test
    void reader_ofAStoreToReadFrom_reportsNothing() {
        InMemorySecretStore store = InMemorySecretStore.create(clock);
        try (Slipring rotating = on(Slipring.builder(store).withoutReports());
                Slipring reporting = on(Slipring.builder(store));
                Slipring reading = on(Slipring.reading(store))) {
            rotating.secret(NAME, RandomIssuer.bytes(32), POLICY);
            RotatingSecret read = reading.reader(NAME);
            assertThat(read.primary().number()).isEqualTo(1);
            assertThat(store.reports(SecretName.of(NAME))).isEmpty();
            reporting.reader(NAME);
            assertThat(store.reports(SecretName.of(NAME))).hasSize(1);
            assertThatThrownBy(() -> rotating.rotate("other", "alice", "exercise"))
                    .isInstanceOf(NoSuchElementException.class);
        }
    }

    private Slipring on(Slipring.Builder builder) {
        return builder.scheduler(scheduler).ticker(clock).build();
    }

    private EnvironmentSecretSource source() {
        Map<String, String> environment =
                Map.of("SESSION_KEY", OLD, "SESSION_KEY_NEXT", NEW, "SESSION_KEY_SWITCH_AT", "2030-01-01T09:00:00Z");
        return EnvironmentSecretSource.builder(environment)
                .secret(SecretName.of(NAME), "SESSION_KEY", TIMING)
                .clock(clock)
                .build();
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }
}
