package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.observe.Finding;
import dev.slipring.observe.Health;
import dev.slipring.observe.HealthStatus;
import dev.slipring.observe.HealthWatch;
import dev.slipring.observe.SecretHealth;
import dev.slipring.rotation.Hooked;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.StepOutcome;
import dev.slipring.rotation.StepReport;
import dev.slipring.rotation.WhenStale;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a replica says of its secrets, without a call to the store. */
class SlipringHealthTest {
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Duration LEASE = POLICY.timing().get(TimingParameter.STALENESS);
    private static final Duration REFRESH = POLICY.timing().get(TimingParameter.REFRESH);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
    private final Slipring slipring = replica(store);

    @AfterEach
    void close() {
        slipring.close();
    }

    @Test
    void health_ofFreshSecrets_isUp_andReadsNothing() {
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        declare("session", WhenStale.KEEP);
        scheduler.advance(REFRESH);
        long calls = store.calls();
        Health health = slipring.health();
        assertThat(store.calls()).isEqualTo(calls);
        assertThat(health.status()).isEqualTo(HealthStatus.UP);
        assertThat(health.produces()).isTrue();
        SecretHealth.Seen seen = health.secret("session").orElseThrow().view().orElseThrow();
        assertThat(seen.primary()).isEqualTo(1);
        assertThat(seen.phase()).isEqualTo(Phase.IDLE);
        assertThat(seen.lease()).isEqualTo(LEASE);
        assertThat(seen.lastFailure()).isEmpty();
    }

    @Test
    void outage_isWarnedOfAtHalfTheLease_outOfServicePastIt_andOverOnRecovery() {
        declare("keeps", WhenStale.KEEP);
        declare("stops", WhenStale.STOP);
        store.down(true);
        scheduler.advance(LEASE.dividedBy(2).minus(REFRESH));
        assertThat(findings("keeps")).containsExactly(Finding.Kind.ALERT); // the rotator has said so at once
        scheduler.advance(REFRESH.multipliedBy(2));
        assertThat(findings("keeps")).contains(Finding.Kind.AGING_VIEW);
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP_WITH_WARNINGS);
        assertThat(slipring.health().produces()).isTrue();

        scheduler.advance(LEASE);
        Health out = slipring.health();
        assertThat(out.status()).isEqualTo(HealthStatus.OUT_OF_SERVICE);
        assertThat(out.produces()).isFalse();
        assertThat(out.secret("keeps").orElseThrow().status()).isEqualTo(HealthStatus.OUT_OF_SERVICE);
        assertThat(out.secret("keeps").orElseThrow().produces()).isTrue();
        assertThat(out.secret("stops").orElseThrow().produces()).isFalse();
        SecretHealth.Seen seen = out.secret("keeps").orElseThrow().view().orElseThrow();
        assertThat(seen.staleness()).isGreaterThan(LEASE);
        assertThat(seen.lastFailure().orElseThrow().type()).isEqualTo("StoreUnavailableException");
        assertThat(out.json()).contains("\"status\":\"OUT_OF_SERVICE\"", "\"type\":\"StoreUnavailableException\"");
        assertThat(out.json() + out).doesNotContain("as injected");

        store.down(false);
        scheduler.advance(Duration.ofMinutes(30)); // what the rotator alerted to is forgotten as well
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        assertThat(slipring.health().produces()).isTrue();
    }

    @Test
    void lease_isNotOverBeforeItsEnd() {
        slipring.secret("session", RandomIssuer.bytes(32), POLICY);
        store.down(true);
        clock.advance(LEASE);
        assertThat(findings("session")).doesNotContain(Finding.Kind.STALE);
        clock.advance(Duration.ofNanos(1));
        assertThat(findings("session")).contains(Finding.Kind.STALE);
    }

    @Test
    void rotation_isSeenByItsPhase_andOneThatIsLate_isWarnedOf() {
        declare("session", WhenStale.KEEP);
        slipring.rotate("session", "alice", "exercise");
        scheduler.advance(REFRESH);
        assertThat(phase("session")).isEqualTo(Phase.PUBLISHED);
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        store.down(true);
        clock.advance(POLICY.timing().get(TimingParameter.PUBLISH).multipliedBy(2));
        assertThat(findings("session")).contains(Finding.Kind.PHASE);
        store.down(false);
        scheduler.advance(REFRESH.multipliedBy(2));
        assertThat(phase("session")).isEqualTo(Phase.OVERLAP);
        assertThat(findings("session")).doesNotContain(Finding.Kind.PHASE);
    }

    @Test
    void minting_thatDoesNotSucceed_isWarnedOf() {
        AtomicBoolean failing = new AtomicBoolean();
        slipring.secret(
                "session",
                Hooked.issuer(RandomIssuer.bytes(32), call -> {
                    if (failing.get() && call.equals("before mint")) {
                        throw new IssuerException("out of order");
                    }
                }),
                POLICY);
        failing.set(true);
        assertThatThrownBy(() -> slipring.rotate("session", "alice", "exercise"))
                .isInstanceOf(IssuerException.class);
        scheduler.advance(REFRESH);
        assertThat(phase("session")).isEqualTo(Phase.MINTING);
        assertThat(findings("session")).doesNotContain(Finding.Kind.PHASE);
        scheduler.advance(POLICY.timing().horizon().multipliedBy(2));
        assertThat(findings("session")).contains(Finding.Kind.PHASE);
        failing.set(false);
        scheduler.advance(Duration.ofMinutes(20));
        assertThat(findings("session")).doesNotContain(Finding.Kind.PHASE);
    }

    @Test
    void replica_thatDoesNotTakeUpTheRecord_isNamedOnceItIsWaitedForTooLong() {
        declare("session", WhenStale.KEEP);
        try (Slipring other = Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .replica("slow")
                .build()) {
            other.reader("session").acknowledgeWhen(() -> false);
            slipring.rotate("session", "alice", "exercise");
            scheduler.advance(POLICY.timing()
                    .get(TimingParameter.PUBLISH)
                    .plus(POLICY.timing().get(TimingParameter.OVERLAP))
                    .plus(Duration.ofHours(1)));
            assertThat(slipring.health().secret("session").orElseThrow().findings())
                    .filteredOn(finding -> finding.kind() == Finding.Kind.BEHIND)
                    .extracting(Finding::detail)
                    .singleElement()
                    .asString()
                    .contains("1 replicas", "slow");
            assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP_WITH_WARNINGS);
        }
        scheduler.advance(Duration.ofDays(1)); // its lease is over
        assertThat(findings("session")).doesNotContain(Finding.Kind.BEHIND);
    }

    @Test
    void primary_thatItsIssuerRefused_isOutOfService_untilItIsAcceptedAgain() {
        declare("session", WhenStale.KEEP);
        SecretName name = SecretName.of("session");
        HealthWatch watch = HealthWatch.by(clock);
        try (Slipring reading = replica(store)) {
            RotatingSecret secret = reading.reader("session");
            watch.onStep(probe(name, 2, ProbeVerdict.DEAD));
            assertThat(watch.examine(secret, POLICY).status()).isEqualTo(HealthStatus.UP);
            watch.onStep(probe(name, 1, ProbeVerdict.DEAD));
            watch.onStep(probe(name, 1, ProbeVerdict.INCONCLUSIVE));
            assertThat(watch.examine(secret, POLICY).status()).isEqualTo(HealthStatus.OUT_OF_SERVICE);
            watch.onStep(probe(name, 1, ProbeVerdict.ALIVE));
            assertThat(watch.examine(secret, POLICY).status()).isEqualTo(HealthStatus.UP);
        }
    }

    private static StepReport probe(SecretName name, int version, ProbeVerdict verdict) {
        Issuance issuance = new Issuance(name, version, Optional.empty(), "r", 1, 1);
        return new StepReport(
                name, new Step.Probe(issuance), StepOutcome.OK, Optional.of(verdict), Duration.ofMillis(3));
    }

    @Test
    void primary_thatGrowsOld_isWarnedOfWhereItsMaximumAgeIsKnown() {
        declare("session", WhenStale.KEEP);
        try (Slipring reading = replica(store)) {
            reading.reader("session");
            clock.advance(Duration.ofDays(77));
            assertThat(findings("session")).contains(Finding.Kind.AGE);
            assertThat(reading.health().secret("session").orElseThrow().findings())
                    .extracting(Finding::kind)
                    .doesNotContain(Finding.Kind.AGE);
        }
    }

    @Test
    void close_leavesNothingUsable() {
        declare("session", WhenStale.KEEP);
        slipring.close();
        Health health = slipring.health();
        assertThat(health.status()).isEqualTo(HealthStatus.DOWN);
        assertThat(health.produces()).isFalse();
        assertThat(health.json())
                .isEqualTo("{\"status\":\"DOWN\",\"produces\":false,\"secrets\":{\"session\":{\"status\":\"DOWN\","
                        + "\"produces\":false,\"findings\":[{\"kind\":\"NOT_READ\",\"detail\":"
                        + "\"it is not read yet, or no longer in use\"}]}}}");
    }

    private void declare(String name, WhenStale whenStale) {
        RotationPolicy policy = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
                .lifetime(Duration.ofHours(12))
                .whenStale(whenStale)
                .build();
        slipring.secret(SecretName.of(name).value(), RandomIssuer.bytes(32), policy);
    }

    private List<Finding.Kind> findings(String name) {
        return slipring.health().secret(name).orElseThrow().findings().stream()
                .map(Finding::kind)
                .toList();
    }

    private Phase phase(String name) {
        return slipring.health().secret(name).orElseThrow().view().orElseThrow().phase();
    }

    private Slipring replica(FaultInjectingStore used) {
        return Slipring.builder(used).scheduler(scheduler).ticker(clock).build();
    }
}
