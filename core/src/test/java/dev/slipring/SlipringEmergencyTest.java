package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.AuditFailedException;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.EmergencyPlan;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A laptop is stolen, and with it whatever it could read. */
class SlipringEmergencyTest {
    private static final RotationPolicy COOKIES = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final FaultInjectingStore reached = FaultInjectingStore.around(store, clock);

    private Slipring replica() {
        return Slipring.builder(reached).scheduler(scheduler).ticker(clock).build();
    }

    private VersionState state(String name, int version) {
        return store.read(SecretName.of(name))
                .record()
                .flatMap(record -> record.version(version))
                .orElseThrow()
                .state();
    }

    @Test
    void compromised_severalSecrets_areReplacedAtOnceAndEveryReplicaFollows() {
        Slipring here = replica();
        Slipring there = replica();
        RotatingSecret session = here.secret("session", RandomIssuer.bytes(32), COOKIES);
        here.secret("csrf", RandomIssuer.bytes(32), COOKIES);
        RotatingSecret behind = there.reader("session");

        assertThat(here.compromised(Set.of("session", "csrf"), "alice", "laptop stolen"))
                .hasSize(2)
                .allSatisfy((name, answer) -> assertThat(answer).isInstanceOf(Answer.Accepted.class));

        for (String name : Set.of("session", "csrf")) {
            assertThat(state(name, 1)).as(name).isEqualTo(VersionState.REVOKED);
            assertThat(state(name, 2)).as(name).isEqualTo(VersionState.PRIMARY);
        }
        assertThat(behind.primary().number()).isEqualTo(1);
        behind.requestRefresh();
        scheduler.advance(Duration.ofSeconds(60));
        assertThat(behind.primary().number()).isEqualTo(2);
        assertThat(session.keyring().version(1).orElseThrow().compromised())
                .hasValueSatisfying(mark -> assertThat(mark.reason()).isEqualTo("laptop stolen"));
        scheduler.advance(Duration.ofHours(1));
        assertThat(store.read(SecretName.of("session"))
                        .record()
                        .orElseThrow()
                        .orders()
                        .emergency())
                .as("over once the last view from before is too old to count")
                .isEmpty();
    }

    @Test
    void price_tellsWhatItCosts_andDeclaresNothing() {
        Slipring replica = replica();
        replica.secret("session", RandomIssuer.bytes(32), COOKIES);

        EmergencyPlan plan = replica.price("session", Command.Compromise.of(SecretKind.SELF, "alice", "laptop stolen"));

        assertThat(plan.exposure()).contains(Duration.ZERO);
        assertThat(plan.outage()).isEqualTo(Duration.ofSeconds(100));
        assertThat(plan.loss()).isEqualTo("everything issued until 2030-01-01T00:00:30Z, under whatever version");
        assertThat(plan.items()).isEmpty();
        assertThat(state("session", 1)).isEqualTo(VersionState.PRIMARY);
        assertThat(replica.plan("session").at(Step.Begin.class)).isPresent();
    }

    @Test
    void compromised_oneOfUnknownName_declaresNothing() {
        Slipring replica = replica();
        replica.secret("session", RandomIssuer.bytes(32), COOKIES);

        assertThatThrownBy(() -> replica.compromised(Set.of("session", "nowhere"), "alice", "laptop stolen"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("nowhere");
        assertThat(state("session", 1)).isEqualTo(VersionState.PRIMARY);
    }

    @Test
    void compromised_auditFailsForOne_declaresTheOthers() {
        Slipring replica = Slipring.builder(reached)
                .scheduler(scheduler)
                .ticker(clock)
                .audit(event -> {
                    if (event.secret().value().equals("csrf") && event.inEmergency()) {
                        throw new IllegalStateException("no space left");
                    }
                })
                .build();
        replica.secret("csrf", RandomIssuer.bytes(32), COOKIES);
        replica.secret("session", RandomIssuer.bytes(32), COOKIES);

        assertThatThrownBy(() -> replica.compromised(Set.of("csrf", "session"), "alice", "laptop stolen"))
                .isInstanceOf(AuditFailedException.class)
                .hasMessage("secret csrf: Compromise could not be audited: no space left");

        assertThat(state("csrf", 1)).isEqualTo(VersionState.PRIMARY);
        assertThat(state("session", 1)).isEqualTo(VersionState.REVOKED);
    }

    @Test
    void compromised_storeFailsForOne_declaresTheOthers() {
        Slipring replica = replica();
        replica.secret("csrf", RandomIssuer.bytes(32), COOKIES);
        replica.secret("session", RandomIssuer.bytes(32), COOKIES);
        reached.loseReplies(1);

        assertThatThrownBy(() -> replica.compromised(Set.of("csrf", "session"), "alice", "laptop stolen"))
                .isInstanceOf(StoreUnavailableException.class);

        assertThat(state("session", 1)).isEqualTo(VersionState.REVOKED);
        replica.compromised(Set.of("csrf", "session"), "alice", "laptop stolen");
        assertThat(state("csrf", 1)).isEqualTo(VersionState.REVOKED);
    }
}
