package dev.slipring.observe.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.observe.Finding;
import dev.slipring.observe.Health;
import dev.slipring.observe.SecretHealth;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.DefaultHealthContributorRegistry;

/** In Spring Boot's own registry, under its own aggregation and mapping to codes. */
class SlipringHealthIndicatorTest {
    private final DefaultHealthContributorRegistry registry = new DefaultHealthContributorRegistry();

    @Test
    void secret_withoutFindings_isUp() {
        assertThat(registered(health()).getStatus()).isEqualTo(Status.UP);
        assertThat(code(health())).isEqualTo(200);
    }

    @Test
    void secret_withWarnings_isUp_andItsDetailsSayWhy() {
        org.springframework.boot.health.contributor.Health told =
                registered(health(new Finding(Finding.Kind.AGE, "the primary version is old")));
        assertThat(told.getStatus()).isEqualTo(Status.UP);
        assertThat(told.getDetails()).containsEntry("produces", true);
        assertThat(told.getDetails())
                .extractingByKey("secrets", InstanceOfAssertFactories.MAP)
                .containsEntry(
                        "session",
                        Map.of(
                                "status",
                                "UP_WITH_WARNINGS",
                                "produces",
                                true,
                                "findings",
                                List.of("the primary version is old"),
                                "primary",
                                3,
                                "phase",
                                "OVERLAP",
                                "stalenessSeconds",
                                2L,
                                "ageSeconds",
                                7200L));
    }

    @Test
    void secret_thatIsRefusedOrUnread_takesTheReplicaOutOfTheBalancer() {
        Health refused = health(new Finding(Finding.Kind.REFUSED, "the issuer says no"));
        assertThat(registered(refused).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(code(refused)).isEqualTo(503);
        Health unread = new Health(List.of(SecretHealth.unread(SecretName.of("session"))));
        assertThat(registered(unread).getStatus()).isEqualTo(Status.DOWN);
        assertThat(code(unread)).isEqualTo(503);
    }

    private org.springframework.boot.health.contributor.Health registered(Health health) {
        registry.unregisterContributor("slipring");
        registry.registerContributor("slipring", SlipringHealthIndicator.of(() -> health));
        return ((HealthIndicator) registry.getContributor("slipring")).health();
    }

    private int code(Health health) {
        Status all = StatusAggregator.getDefault()
                .getAggregateStatus(Status.UP, registered(health).getStatus());
        return HttpCodeStatusMapper.getDefault().getStatusCode(all);
    }

    private static Health health(Finding... findings) {
        SecretHealth.Seen seen = new SecretHealth.Seen(
                3,
                Optional.of(Duration.ofHours(2)),
                Phase.OVERLAP,
                Duration.ofSeconds(2),
                Duration.ofMinutes(5),
                Optional.empty());
        return new Health(
                List.of(new SecretHealth(SecretName.of("session"), List.of(findings), true, Optional.of(seen))));
    }
}
