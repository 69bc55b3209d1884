package dev.slipring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipring.keyring.SlipringException;
import dev.slipring.keyring.VersionState;
import dev.slipring.observe.inventory.Inventory;
import dev.slipring.observe.inventory.InventoryEntry;
import dev.slipring.observe.inventory.InventoryNotice;
import dev.slipring.observe.inventory.SecretDescription;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.Phase;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a replica can list of its secrets, without a call to the store. */
class SlipringInventoryTest {
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final SecretDescription PAYMENTS = SecretDescription.builder()
            .owner("payments")
            .procedure(URI.create("https://docs.example/rotate"))
            .build();

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
    private final Slipring slipring = Slipring.builder(store)
            .scheduler(scheduler)
            .ticker(clock)
            .environment(Environment.STAGING)
            .describe("session", PAYMENTS)
            .build();

    @AfterEach
    void close() {
        slipring.close();
    }

    @Test
    void inventory_ofARotatedSecret_knowsItsRuleAndPlan_andReadsNothing() {
        slipring.secret("session", RandomIssuer.bytes(32), POLICY);
        scheduler.advance(MINUTE);
        long calls = store.calls();
        Inventory inventory = slipring.inventory(clock.instant());
        assertThat(store.calls()).isEqualTo(calls);

        InventoryEntry entry = inventory.secret("session").orElseThrow();
        assertThat(inventory.environment()).isEqualTo(Environment.STAGING);
        assertThat(inventory.store()).isEqualTo("FaultInjectingStore");
        assertThat(entry.description()).isEqualTo(PAYMENTS);
        assertThat(entry.rule().orElseThrow().issuer()).isEqualTo("RandomIssuer");
        assertThat(entry.rule().orElseThrow().policy()).isEqualTo(POLICY);
        assertThat(entry.plan()).contains(slipring.plan("session"));
        assertThat(entry.primary().orElseThrow().number()).isEqualTo(1);
        assertThat(entry.notices()).isEmpty();
    }

    @Test
    void inventory_throughARotation_followsTheViewAndShowsOrders() {
        slipring.secret("session", RandomIssuer.bytes(32), POLICY);
        slipring.rotate("session", "ada", "exercise");
        slipring.command(
                "session",
                new Command.Freeze(clock.instant(), clock.instant().plus(Duration.ofDays(3)), "ada", "sale"));
        scheduler.advance(MINUTE.multipliedBy(2));
        InventoryEntry published = entry("session");
        assertThat(published.known().orElseThrow().record().phase()).isEqualTo(Phase.PUBLISHED);
        assertThat(published.versions())
                .extracting(version -> version.state())
                .containsExactly(VersionState.PRIMARY, VersionState.PUBLISHED);
        assertThat(published.notices()).extracting(InventoryNotice::kind).containsExactly(InventoryNotice.Kind.FROZEN);

        slipring.compromised(Set.of("session"), "ada", "leaked");
        scheduler.advance(MINUTE.multipliedBy(2));
        assertThat(entry("session").notices())
                .extracting(InventoryNotice::kind)
                .contains(InventoryNotice.Kind.EMERGENCY);
    }

    @Test
    void inventory_whileTheStoreIsDown_showsWhatWasReadLast_asStalePastTheLease() {
        slipring.secret("session", RandomIssuer.bytes(32), POLICY);
        store.down(true);
        scheduler.advance(MINUTE.multipliedBy(20));

        InventoryEntry entry = entry("session");
        assertThat(entry.versions()).hasSize(1);
        assertThat(entry.notices()).extracting(InventoryNotice::kind).containsExactly(InventoryNotice.Kind.STALE);
    }

    @Test
    void inventory_ofASecretThatIsOnlyRead_hasNoRule_andOneThatIsClosed_isNotRead() {
        slipring.secret("session", RandomIssuer.bytes(32), POLICY);
        try (Slipring reading =
                Slipring.builder(store).scheduler(scheduler).ticker(clock).build()) {
            reading.reader("session");
            InventoryEntry read =
                    reading.inventory(clock.instant()).secret("session").orElseThrow();
            assertThat(read.rule()).isEmpty();
            assertThat(read.plan()).isEmpty();
            assertThat(read.deadlines()).isEmpty();
            assertThat(read.primary()).isPresent();
            assertThat(read.description()).isEqualTo(SecretDescription.NONE);
        }
        slipring.close();
        assertThat(entry("session").known()).isEqualTo(Optional.empty());
        assertThat(entry("session").description()).isEqualTo(PAYMENTS);
    }

    @Test
    void inventory_ofASecretThatCouldNotBeDeclared_isEmpty() {
        assertThat(catchThrowable(() -> slipring.reader("session"))).isInstanceOf(SlipringException.class);
        assertThat(slipring.inventory(clock.instant()).secrets()).isEmpty();
    }

    private InventoryEntry entry(String name) {
        return slipring.inventory(clock.instant()).secret(name).orElseThrow();
    }
}
