package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.StaleKeyringException;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.WhenStale;
import dev.slipring.store.ForwardingStore;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two replicas on one store: what the one says, or no longer says, decides what the other may revoke. */
@Timeout(60)
class SlipringEvidenceTest {
    private static final String NAME = "session-key";
    private static final SecretName SECRET = SecretName.of(NAME);
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Duration R = POLICY.timing().get(TimingParameter.REFRESH);
    private static final Duration L = POLICY.timing().get(TimingParameter.STALENESS);
    private static final Duration P = POLICY.timing().get(TimingParameter.PUBLISH);
    private static final Duration O = POLICY.timing().get(TimingParameter.OVERLAP);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final List<String> alerts = new ArrayList<>();
    private final Slipring a = replica("a", store);
    private final Slipring b = replica("b", store);
    private final RotatingSecret ofA = declare(a);
    private final RotatingSecret ofB = declare(b);

    // ---- acknowledgements

    @Test
    void version_thatOneReplicaHasNotLeft_isRevokedOnlyAfterItSaysSo() {
        AtomicBoolean left = new AtomicBoolean();
        ofB.acknowledgeWhen(left::get);
        rotate();
        Instant retired = retired();

        advanceTo(retired.plus(O.multipliedBy(3).dividedBy(2)).minus(MINUTE));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        assertThat(alerts).isEmpty();
        scheduler.advance(MINUTE.plus(R));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        assertThat(alerts).isNotEmpty().allMatch(why -> why.contains("version 1") && why.contains("[b]"));

        scheduler.advance(Duration.ofDays(30));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        assertThat(ofB.keyring().accepted(1)).isPresent();
        left.set(true);
        scheduler.advance(R.multipliedBy(2));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void version_thatEverybodyHasLeft_isRevokedAfterTheOverlapWithoutAnAlert() {
        rotate();
        advanceTo(retired().plus(O).minus(MINUTE));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        scheduler.advance(MINUTE.plus(R.multipliedBy(3))); // the end of the rotation is to be acknowledged as well
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(alerts).isEmpty();
    }

    @Test
    void replica_thatDied_isWaitedForUntilItsLeaseEnds() {
        ofB.acknowledgeWhen(() -> false);
        rotate();
        advanceTo(retired().plus(O).plus(MINUTE));
        b.close();
        Instant lease = reportOf("b").leaseUntil();
        assertThat(lease).isAfter(clock.instant().plus(L));
        advanceTo(lease.minusMillis(1));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        scheduler.advance(R.multipliedBy(2));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
    }

    // ---- use

    @Test
    void version_thatAReplicaStillProducesWith_isNotRevokedBeforeAHorizonHasPassed() {
        rotate();
        Instant retired = retired();
        ofA.use(2).mark();
        while (clock.instant().isBefore(retired.plus(O).plus(Duration.ofHours(1)))) {
            ofB.use(1).mark();
            scheduler.advance(MINUTE);
        }
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        Instant last = reportOf("b").lastUse().get(1);
        Duration horizon = POLICY.timing().horizon();
        advanceTo(last.plus(horizon).minusMillis(1));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        scheduler.advance(R.multipliedBy(3)); // a mark of the last minute may have been told since
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void newVersion_thatNobodyProducesWith_keepsTheOldOneWhereThereIsTraffic() {
        rotate();
        Instant retired = retired();
        while (clock.instant().isBefore(retired.plus(Duration.ofHours(1)))) {
            ofB.use(1).mark(); // lags: it goes on for a while and then produces nothing
            scheduler.advance(MINUTE);
        }
        advanceTo(retired.plus(O).plus(MINUTE.multipliedBy(5)));
        assertThat(state(1)).isEqualTo(VersionState.RETIRING);
        ofA.use(2).mark();
        scheduler.advance(R.multipliedBy(2));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void replica_withoutReports_saysNothing() {
        Slipring silent = Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .replica("silent")
                .withoutReports()
                .build();
        silent.reader(NAME).use(1).mark();
        scheduler.advance(R.multipliedBy(2));
        assertThat(store.reports(SECRET)).extracting(ReplicaReport::replica).containsExactly("a", "b");
    }

    // ---- a stale view

    @Test
    void secret_whosePolicyIsToStop_producesNothingOnceItIsStale() {
        FaultInjectingStore faulty = FaultInjectingStore.around(store, clock);
        RotationPolicy policy = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
                .whenStale(WhenStale.STOP)
                .build();
        Slipring replica = replica("c", faulty);
        RotatingSecret stops = replica.secret("stops", RandomIssuer.bytes(32), policy);
        RotatingSecret keeps = replica.secret("keeps", RandomIssuer.bytes(32), POLICY);
        faulty.down(true);
        scheduler.advance(L.plusNanos(1));
        assertThatThrownBy(stops::primary)
                .isInstanceOf(StaleKeyringException.class)
                .hasMessageContaining("stops");
        assertThat(stops.keyring().accepted(1)).isPresent();
        assertThat(keeps.primary().number()).isEqualTo(1);
        faulty.down(false);
        scheduler.advance(R);
        assertThat(stops.primary().number()).isEqualTo(1);
    }

    // ---- a second rotator

    @Test
    void secret_thatSomethingElseRotates_isRefusedAndMayBeRead() {
        SecretStore rotated = new ForwardingStore(store) {
            @Override
            public Optional<String> rotatedBy(SecretName secret) {
                return Optional.of("a nightly job");
            }
        };
        Slipring replica = replica("c", rotated);
        assertThatThrownBy(() -> declare(replica))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NAME)
                .hasMessageContaining("a nightly job");
        SecretValue value = SecretValue.copyOf(new byte[32]);
        assertThatThrownBy(() -> replica.adopt("other", value, RandomIssuer.bytes(32), POLICY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a nightly job");
        assertThat(store.value(SecretName.of("other"), 1)).isEmpty();
        RotatingSecret reader = replica.reader(NAME);
        assertThat(reader.primary().value()).isEqualTo(ofA.primary().value());
        assertThat(reportOf("c").lastUse()).isEmpty(); // it reports like any other
    }

    // ---- the set-up

    private Slipring replica(String name, SecretStore on) {
        return Slipring.builder(on)
                .scheduler(scheduler)
                .ticker(clock)
                .replica(name)
                .audit(event -> {})
                .listener(new RotationListener() {
                    @Override
                    public void onTransition(Step.Write step, Optional<SecretRecord> from, SecretRecord to) {}

                    @Override
                    public void onAlert(SecretName secret, String why) {
                        alerts.add(why);
                    }
                })
                .build();
    }

    private static RotatingSecret declare(Slipring replica) {
        return replica.secret(NAME, RandomIssuer.bytes(32), POLICY);
    }

    /** A whole rotation, up to the promotion. */
    private void rotate() {
        a.rotate(NAME, "anna", "drill");
        scheduler.advance(P.plus(R.multipliedBy(2)));
        assertThat(state(2)).isEqualTo(VersionState.PRIMARY);
    }

    private Instant retired() {
        return record().version(1).orElseThrow().at(Stamp.RETIRING).orElseThrow();
    }

    private VersionState state(int version) {
        return record().version(version).orElseThrow().state();
    }

    private SecretRecord record() {
        return store.read(SECRET).record().orElseThrow();
    }

    private ReplicaReport reportOf(String replica) {
        return store.reports(SECRET).stream()
                .filter(report -> report.replica().equals(replica))
                .findFirst()
                .orElseThrow();
    }

    private void advanceTo(Instant moment) {
        scheduler.advance(Duration.between(clock.instant(), moment));
    }
}
