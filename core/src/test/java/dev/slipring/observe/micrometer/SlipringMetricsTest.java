package dev.slipring.observe.micrometer;

import static dev.slipring.keyring.TimingParameter.OVERLAP;
import static dev.slipring.keyring.TimingParameter.PUBLISH;
import static dev.slipring.keyring.TimingParameter.REFRESH;
import static dev.slipring.keyring.TimingParameter.STALENESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.slipring.Slipring;
import dev.slipring.keyring.AuthFailure;
import dev.slipring.keyring.Measure;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Hooked;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretStore;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a monitoring system sees of a rotation, and that it pulls all of it. */
class SlipringMetricsTest {
    private static final Duration MAX_AGE = Duration.ofDays(90);
    private static final RotationPolicy POLICY = RotationPolicy.builder(SecretKind.SELF, MAX_AGE)
            .lifetime(Duration.ofHours(12))
            .build();

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
    private final AtomicReference<Runnable> beforeWrite = new AtomicReference<>(() -> {});
    private final Slipring slipring = replica(Hooked.store(store, this::hook));
    private final RotatingSecret secret = slipring.secret("session", RandomIssuer.bytes(32), POLICY);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SlipringMetrics metrics = SlipringMetrics.of(slipring.measures(), List.of(Tag.of("zone", "a")));

    @AfterEach
    void close() {
        metrics.close();
        slipring.close();
    }

    @Test
    void rotation_isSeenFromItsBeginningToItsEnd() {
        metrics.bindTo(registry);
        scheduler.advance(Duration.ofDays(2));
        assertThat(gauge("slipring.secret.age")).isCloseTo(Duration.ofDays(2).toSeconds(), within(60.0));
        assertThat(gauge("slipring.secret.deadline.remaining"))
                .isCloseTo(MAX_AGE.minusDays(2).toSeconds(), within(60.0));
        assertThat(gauge("slipring.refresh.lease"))
                .isEqualTo(POLICY.timing().get(STALENESS).toSeconds());
        assertThat(gauge("slipring.rotation.phase")).isZero();

        slipring.rotate("session", "alice", "exercise");
        scheduler.advance(time(PUBLISH).dividedBy(2));
        assertThat(gauge("slipring.rotation.phase")).isEqualTo(2);
        assertThat(gauge("slipring.rotation.phase.age"))
                .isCloseTo(time(PUBLISH).dividedBy(2).toSeconds(), within(60.0));
        assertThat(gauge("slipring.rotation.phase.plan"))
                .isEqualTo(time(PUBLISH).toSeconds());

        scheduler.advance(time(PUBLISH).plus(time(REFRESH).multipliedBy(2)));
        assertThat(gauge("slipring.rotation.phase")).isEqualTo(3);
        assertThat(gauge("slipring.secret.age"))
                .isLessThan(time(PUBLISH).plusDays(1).toSeconds());
        scheduler.advance(time(OVERLAP).multipliedBy(2));
        assertThat(gauge("slipring.rotation.phase")).isZero();
        assertThat(gauge("slipring.rotation.epoch"))
                .isEqualTo(secret.keyring().edition().epoch())
                .isGreaterThan(4);
        assertThat(counter("slipring.rotation.runs", "mode", "normal", "outcome", "ok"))
                .isEqualTo(1);
        assertThat(timed("slipring.rotation.step", "step", "mint", "outcome", "ok"))
                .isEqualTo(2);
        assertThat(timed("slipring.rotation.step", "step", "promote", "outcome", "ok"))
                .isEqualTo(1);
        assertThat(timed("slipring.refresh", "outcome", "ok")).isPositive();
        assertThat(counter("slipring.rotation.conflicts")).isZero();
    }

    @Test
    void uses_areCountedByWhatTheVersionWasThen_andNeverFall() {
        metrics.bindTo(registry);
        use(1);
        assertThat(use("produce", "current")).isEqualTo(1);
        slipring.rotate("session", "alice", "exercise");
        scheduler.advance(time(PUBLISH).plus(time(REFRESH).multipliedBy(3)));
        use(1);
        use(2);
        assertThat(use("produce", "current")).isEqualTo(2);
        assertThat(use("accept", "previous")).isEqualTo(1);
        use(1); // not read before the version is revoked, and yet no use of a revoked one
        scheduler.advance(time(OVERLAP).multipliedBy(2));
        assertThat(secret.keyring().version(1).orElseThrow().state().accepts()).isFalse();
        assertThat(use("accept", "previous")).isEqualTo(2);
        assertThat(use("accept", "revoked")).isZero();
        secret.use(1).refused();
        assertThat(use("accept", "revoked")).isEqualTo(1);
        assertThat(use("accept", "current")).isEqualTo(2);

        secret.uses().failed(AuthFailure.SIGNATURE);
        assertThat(counter("slipring.auth.failures", "reason", "signature")).isEqualTo(1);
    }

    @Test
    void outage_isSeenByFailedRefreshes_andByStaleness() {
        metrics.bindTo(registry);
        store.down(true);
        scheduler.advance(time(REFRESH).multipliedBy(3));
        assertThat(timed("slipring.refresh", "outcome", "failed")).isGreaterThanOrEqualTo(2);
        assertThat(gauge("slipring.refresh.staleness"))
                .isGreaterThan(time(REFRESH).multipliedBy(2).toSeconds());
    }

    @Test
    void emergency_isOpen_untilEveryVersionIsRevoked() {
        metrics.bindTo(registry);
        assertThat(gauge("slipring.emergency.open")).isZero();
        slipring.command("session", Command.Compromise.of(SecretKind.SELF, "alice", "laptop stolen"));
        assertThat(gauge("slipring.emergency.open")).isEqualTo(1);
        scheduler.advance(Duration.ofDays(1));
        assertThat(gauge("slipring.emergency.open")).isZero();
        assertThat(counter("slipring.rotation.runs", "mode", "emergency", "outcome", "ok"))
                .isEqualTo(1);
        assertThat(counter("slipring.rotation.runs", "mode", "normal", "outcome", "ok"))
                .isZero();
    }

    @Test
    void write_thatComesSecond_isAConflict_andOneThatIsLate_isNone() {
        metrics.bindTo(registry);
        Slipring other = replica(store);
        other.secret("session", RandomIssuer.bytes(32), POLICY);
        beforeWrite.set(() -> other.command(
                "session", new Command.Freeze(clock.instant(), clock.instant().plusSeconds(1), "bob", "release")));
        slipring.rotate("session", "alice", "exercise");
        assertThat(counter("slipring.rotation.conflicts")).isEqualTo(1);
        assertThat(timed("slipring.rotation.step", "step", "begin", "outcome", "lost"))
                .isEqualTo(1);
        other.close();
    }

    @Test
    void meters_comeAndGoWithSecrets_andAllOfThemGoInTheEnd() {
        SimpleMeterRegistry second = new SimpleMeterRegistry();
        metrics.bindTo(registry);
        metrics.bindTo(second);
        metrics.bindTo(second);
        int before = registry.getMeters().size();
        assertThat(second.getMeters()).hasSize(before);
        Slipring reading = replica(store);
        try (SlipringMetrics others = SlipringMetrics.of(reading.measures(), List.of(Tag.of("zone", "b")))) {
            others.bindTo(registry);
            assertThat(registry.getMeters()).hasSize(before);
            RotatingSecret read = reading.reader("session");
            assertThat(registry.getMeters()).hasSizeGreaterThan(before);
            assertThat(registry.find("slipring.secret.deadline.remaining")
                            .tag("zone", "b")
                            .gauges())
                    .isEmpty();
            read.uses().measures().add(Measure.counter("app.own", Map.of(), () -> 7));
            assertThat(registry.get("app.own")
                            .tag("secret", "session")
                            .functionCounter()
                            .count())
                    .isEqualTo(7);
            reading.close();
            assertThat(registry.getMeters()).hasSize(before);
        }
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThat(second.getMeters()).isEmpty();
    }

    @Test
    void tags_areThoseOfTheSet_andTellNothingOfAValue() {
        metrics.bindTo(registry);
        slipring.rotate("session", "alice", "exercise");
        scheduler.advance(Duration.ofDays(30));
        Set<String> keys = new HashSet<>();
        for (Meter meter : registry.getMeters()) {
            meter.getId().getTags().forEach(tag -> {
                keys.add(tag.getKey());
                assertThat(tag.getValue()).doesNotContainPattern("[0-9a-f]{8}");
            });
            assertThat(meter.getId().getTags())
                    .contains(
                            Tag.of("secret", "session"),
                            Tag.of("kind", "self"),
                            Tag.of("issuer", "RandomIssuer"),
                            Tag.of("zone", "a"));
        }
        assertThat(keys)
                .containsExactlyInAnyOrder(
                        "secret", "kind", "store", "issuer", "zone", "step", "outcome", "mode", "role", "slot",
                        "reason");
    }

    private void hook(String call) {
        if (call.equals("before compareAndSet")) {
            beforeWrite.getAndSet(() -> {}).run();
        }
    }

    private void use(int version) {
        secret.use(version).produced();
        secret.use(version).accepted();
    }

    private double use(String role, String slot) {
        return counter("slipring.use", "role", role, "slot", slot);
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private double timed(String name, String... tags) {
        return registry.get(name).tags(tags).functionTimer().count();
    }

    private static Duration time(dev.slipring.keyring.TimingParameter parameter) {
        return POLICY.timing().get(parameter);
    }

    private Slipring replica(SecretStore used) {
        return Slipring.builder(used).scheduler(scheduler).ticker(clock).build();
    }
}
