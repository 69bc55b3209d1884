package dev.slipring.examples.microprofile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.observe.microprofile.SlipringReadiness;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.FaultInjectingStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the endpoints of health say, by SmallRye Health in Weld: an implementation that several servers share. */
class ReadinessTest {
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Duration LEASE = POLICY.timing().get(TimingParameter.STALENESS);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final FaultInjectingStore store = FaultInjectingStore.around(InMemorySecretStore.create(clock), clock);
    private final Slipring slipring =
            Slipring.builder(store).scheduler(scheduler).ticker(clock).build();

    @BeforeEach
    void declare() {
        slipring.secret("session", RandomIssuer.bytes(32), POLICY);
    }

    @AfterEach
    void close() {
        slipring.close();
    }

    @Test
    void secrets_inOrder_areUp() {
        assertThat(readiness()).isEqualTo(shown("UP", "\"status\":\"UP\",\"produces\":true,\"secret.session\":\"UP\""));
    }

    @Test
    void secrets_withWarnings_areUp_andTheDataSayWhy() {
        pass(LEASE.dividedBy(2));
        assertThat(readiness())
                .startsWith("{\"status\":\"UP\"")
                .contains("\"status\":\"UP_WITH_WARNINGS\",\"produces\":true,\"secret.session\":\"UP_WITH_WARNINGS: ");
    }

    @Test
    void secrets_pastTheirLeaseOrClosed_areDown() {
        pass(LEASE);
        assertThat(readiness()).startsWith("{\"status\":\"DOWN\"").contains("\"secret.session\":\"OUT_OF_SERVICE: ");
        store.down(false);
        scheduler.advance(LEASE);
        assertThat(readiness()).startsWith("{\"status\":\"UP\"");
        slipring.close();
        assertThat(readiness()).startsWith("{\"status\":\"DOWN\"").contains("\"secret.session\":\"DOWN: ");
    }

    @Test
    void secrets_areNoMatterOfLiveness() {
        pass(LEASE);
        try (SeContainer container = container(Documented.class)) {
            SmallRyeHealthReporter reporter =
                    container.select(SmallRyeHealthReporter.class).get();
            assertThat(reporter.getLiveness().getPayload()).hasToString("{\"status\":\"UP\",\"checks\":[]}");
            assertThat(reporter.getStartup().getPayload()).hasToString("{\"status\":\"UP\",\"checks\":[]}");
        }
    }

    @Test
    void bean_withoutTheQualifier_isNotAsked() {
        try (SeContainer container = container(Unqualified.class)) {
            assertThat(readiness(container)).isEqualTo("{\"status\":\"UP\",\"checks\":[]}");
        }
    }

    private void pass(Duration time) {
        store.down(true);
        scheduler.advance(time.plusSeconds(1));
    }

    private String readiness() {
        try (SeContainer container = container(Documented.class)) {
            return readiness(container);
        }
    }

    private static String readiness(SeContainer container) {
        return container
                .select(SmallRyeHealthReporter.class)
                .get()
                .getReadiness()
                .getPayload()
                .toString();
    }

    private static String shown(String status, String data) {
        return "{\"status\":\"" + status + "\",\"checks\":[{\"name\":\"slipring\",\"status\":\"" + status
                + "\",\"data\":{" + data + "}}]}";
    }

    private SeContainer container(Class<?> beans) {
        return SeContainerInitializer.newInstance()
                .addBeanClasses(beans)
                .addExtensions(new Shared(slipring))
                .initialize();
    }

    /** Makes the Slipring of the test the one that is injected. */
    static final class Shared implements Extension {
        private final Slipring slipring;

        Shared(Slipring slipring) {
            this.slipring = slipring;
        }

        void add(@Observes AfterBeanDiscovery event) {
            event.addBean().types(Slipring.class).scope(Singleton.class).createWith(context -> slipring);
        }
    }

    /** As the package's documentation has it. */
    static class Documented {
        @Produces
        @ApplicationScoped
        @Readiness
        HealthCheck slipring(Slipring slipring) {
            return SlipringReadiness.of(slipring::health);
        }
    }

    static class Unqualified {
        @Produces
        @ApplicationScoped
        HealthCheck slipring(Slipring slipring) {
            return SlipringReadiness.of(slipring::health);
        }
    }
}
