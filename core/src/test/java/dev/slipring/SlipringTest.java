package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.SecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlipringTest {
    private static final String NAME = "session-key";
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final List<AuditEvent> audited = new ArrayList<>();
    private final Slipring slipring = replica(store);

    // ---- creation

    @Test
    void secret_onTwoReplicasOfOneStore_isCreatedOnce() {
        RotatingSecret a = declare(slipring);
        RotatingSecret b = declare(replica(store));
        assertThat(a.primary().number()).isEqualTo(1);
        assertThat(b.primary().value()).isEqualTo(a.primary().value());
        assertThat(a.primary().value().length()).isEqualTo(32);
        assertThat(record().epoch()).isEqualTo(1);
        assertThat(record().versions()).hasSize(1);
    }

    @Test
    void secret_declaredByEightReplicasAtOnce_isTheSameForAll() throws Exception {
        int replicas = 8;
        CyclicBarrier start = new CyclicBarrier(replicas);
        ExecutorService pool = Executors.newFixedThreadPool(replicas);
        try {
            List<Future<SecretValue>> values = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                Slipring replica = replica(store);
                values.add(pool.submit(() -> {
                    start.await();
                    return declare(replica).primary().value();
                }));
            }
            for (Future<SecretValue> value : values) {
                assertThat(value.get()).isEqualTo(values.get(0).get());
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(record().epoch()).isEqualTo(1);
        assertThat(record().versions()).hasSize(1);
    }

    @Test
    void secret_existing_isTakenOverByARestart() {
        byte[] before = declare(slipring).primary().value().copyBytes();
        slipring.close();
        assertThat(declare(replica(store)).primary().value().copyBytes()).isEqualTo(before);
        assertThat(record().epoch()).isEqualTo(1);
    }

    @Test
    void secret_declaredTwiceInOneReplica_isRefused() {
        declare(slipring);
        assertThatThrownBy(() -> declare(slipring))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NAME);
        assertThatThrownBy(() -> slipring.reader(NAME)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void secret_illegalName_isRefused() {
        assertThatThrownBy(() -> slipring.secret("../etc", RandomIssuer.bytes(32), POLICY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slipring.reader("A")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void secret_storeDown_failsAndCanBeDeclaredLater() {
        FaultInjectingStore faulty = FaultInjectingStore.around(store, clock);
        Slipring replica = replica(faulty);
        faulty.down(true);
        assertThatThrownBy(() -> declare(replica)).isInstanceOf(StoreUnavailableException.class);
        assertThat(scheduler.pending()).isZero();
        faulty.down(false);
        assertThat(declare(replica).primary().number()).isEqualTo(1);
    }

    // ---- readers

    @Test
    void reader_unknownSecret_neverMints() {
        assertThatThrownBy(() -> slipring.reader(NAME))
                .isInstanceOf(UnusableRecordException.class)
                .hasMessageContaining(NAME);
        assertThat(store.names()).isEmpty();
        assertThat(store.value(SecretName.of(NAME), 1)).isEmpty();
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void reader_ofAnExistingSecret_followsButNeverRotates() {
        declare(replica(store)).close();
        FaultInjectingStore spied = FaultInjectingStore.around(store, clock);
        Slipring replica = Slipring.builder(spied)
                .scheduler(ManualScheduler.on(clock))
                .ticker(clock)
                .build();
        RotatingSecret reader = replica.reader(NAME);
        assertThat(reader.primary().number()).isEqualTo(1);
        spied.loseReplies(1); // any write would fail
        clock.advance(Duration.ofDays(89));
        assertThat(reader.refresh().primary().number()).isEqualTo(1);
        assertThatThrownBy(() -> replica.rotate(NAME, "anna", "test")).isInstanceOf(NoSuchElementException.class);
        assertThat(record().epoch()).isEqualTo(1);
    }

    // ---- rotation

    @Test
    void rotate_whileUnderWay_isAcceptedThenRefused() {
        declare(slipring);
        Answer first = slipring.rotate(NAME, "anna", "quarterly drill");
        assertThat(first).isInstanceOf(Answer.Accepted.class);
        Answer second = slipring.rotate(NAME, "bert", "me too");
        assertThat(second)
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).isNotBlank());
        assertThat(record().versions()).hasSize(2);
        assertThat(audited).anySatisfy(event -> {
            assertThat(event.actor()).isEqualTo("anna");
            assertThat(event.reason()).isEqualTo("quarterly drill");
        });
    }

    @Test
    void rotate_goesOnByItself_untilEveryReplicaUsesTheNewValue() {
        RotatingSecret a = declare(slipring);
        RotatingSecret b = declare(replica(store));
        RotatingSecret c = replica(store).reader(NAME);
        SecretValue old = a.primary().value().copy();
        slipring.rotate(NAME, "anna", "drill");
        scheduler.advance(Duration.ofMinutes(19));
        for (RotatingSecret each : List.of(a, b, c)) {
            assertThat(each.primary().number()).isEqualTo(1);
            assertThat(each.keyring().accepted(2)).isPresent(); // accepted everywhere before it is produced with
        }
        scheduler.advance(Duration.ofMinutes(4));
        for (RotatingSecret each : List.of(a, b, c)) {
            assertThat(each.primary().number()).isEqualTo(2);
            assertThat(each.primary().value()).isEqualTo(b.primary().value()).isNotEqualTo(old);
            assertThat(each.keyring().accepted(1)).isPresent();
        }
        scheduler.advance(Duration.ofDays(3));
        assertThat(record().version(1).orElseThrow().state()).isEqualTo(VersionState.DESTROYED);
        assertThat(store.value(SecretName.of(NAME), 1)).isEmpty();
        for (RotatingSecret each : List.of(a, b, c)) {
            assertThat(each.keyring().accepted(1)).isEmpty();
        }
    }

    @Test
    void rotate_unknownName_isRefused() {
        assertThatThrownBy(() -> slipring.rotate("nobody", "anna", "test"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> slipring.command("nobody", new Command.Rollback("anna", "test")))
                .isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void rotate_withoutActorOrReason_isRefused() {
        declare(slipring);
        assertThatThrownBy(() -> slipring.rotate(NAME, " ", "test")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slipring.rotate(NAME, "anna", "")).isInstanceOf(IllegalArgumentException.class);
        assertThat(record().epoch()).isEqualTo(1);
    }

    // ---- adopt

    @Test
    void adopt_ofASecretThatDoesNotExist_startsFromTheGivenValue() {
        SecretValue used = SecretValue.copyOf(new byte[] {1, 2, 3});
        RotatingSecret secret = slipring.adopt(NAME, used, RandomIssuer.bytes(32), POLICY);

        assertThat(secret.primary().value()).isEqualTo(used);
        assertThat(record().versions()).hasSize(1);
    }

    @Test
    void adopt_ofASecretThatExists_keepsWhatItHas() {
        declare(slipring);
        SecretValue other = SecretValue.copyOf(new byte[] {1, 2, 3});
        try (Slipring replica = replica(store)) {
            RotatingSecret secret = replica.adopt(NAME, other, RandomIssuer.bytes(32), POLICY);
            assertThat(secret.primary().value()).isNotEqualTo(other);
        }
    }

    @Test
    void adopt_whileAnotherFirstValueIsStored_isRefusedAndLosesNothing() {
        SecretValue first = SecretValue.copyOf(new byte[] {4, 5, 6});
        store.putValueIfAbsent(SecretName.of(NAME), 1, first);
        SecretValue other = SecretValue.copyOf(new byte[] {1, 2, 3});
        assertThatThrownBy(() -> slipring.adopt(NAME, other, RandomIssuer.bytes(32), POLICY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(NAME);
        assertThat(store.value(SecretName.of(NAME), 1)).contains(first);
    }

    // ---- close

    @Test
    void close_thenAnyUse_isRefused() {
        RotatingSecret secret = declare(slipring);
        slipring.close();
        assertThatThrownBy(() -> declare(slipring))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> slipring.reader("other")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> slipring.rotate(NAME, "anna", "test")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(secret::refresh).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secret.primary().value().copyBytes()).isInstanceOf(IllegalStateException.class);
        assertThatCode(slipring::close).doesNotThrowAnyException();
    }

    @Test
    void close_onAGivenScheduler_takesItsTasksBackAndLeavesItRunning() {
        declare(slipring);
        assertThat(scheduler.pending()).isEqualTo(3);
        slipring.close();
        assertThat(scheduler.pending()).isZero();
        assertThat(scheduler.isShutdown()).isFalse();
    }

    // ---- the builder

    @Test
    void builder_onDemandIntervalNotAboveZero_isRefused() {
        assertThatThrownBy(() -> Slipring.builder(store).onDemandInterval(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void builder_onDemandInterval_boundsTheReadsOfEachSecret() {
        FaultInjectingStore counted = FaultInjectingStore.around(store, clock);
        Slipring replica = Slipring.builder(counted)
                .scheduler(scheduler)
                .ticker(clock)
                .onDemandInterval(Duration.ofSeconds(20))
                .withoutReports()
                .build();
        RotatingSecret secret = declare(replica);
        scheduler.runDue();
        long before = counted.calls();
        for (int i = 0; i < 40; i++) {
            secret.requestRefresh();
            scheduler.advance(Duration.ofSeconds(1));
        }
        assertThat(counted.calls() - before).isEqualTo(2);
    }

    // ---- the set-up

    private Slipring replica(SecretStore on) {
        return Slipring.builder(on)
                .scheduler(scheduler)
                .ticker(clock)
                .audit(audited::add)
                .build();
    }

    private static RotatingSecret declare(Slipring replica) {
        return replica.secret(NAME, RandomIssuer.bytes(32), POLICY);
    }

    private SecretRecord record() {
        return store.read(SecretName.of(NAME)).record().orElseThrow();
    }
}
