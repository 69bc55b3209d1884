package dev.slipring.observe.actuator;

import dev.slipring.observe.Finding;
import dev.slipring.observe.SecretHealth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells Spring Boot Actuator how the secrets of a replica stand. {@code UP_WITH_WARNINGS} is up, and the details say
 * what is late. For readiness: restarting a process cures none of it. Details are those of {@link
 * dev.slipring.observe.Health}: metadata only. Safe for use by several threads.
 */
@SuppressWarnings("exports") // Spring Boot is optional: whoever calls this has it
public final class SlipringHealthIndicator implements HealthIndicator {
    private final Supplier<dev.slipring.observe.Health> health;

    private SlipringHealthIndicator(Supplier<dev.slipring.observe.Health> health) {
        this.health = health;
    }

    /** Tells what {@code health} tells, such as {@code slipring::health}. */
    public static SlipringHealthIndicator of(Supplier<dev.slipring.observe.Health> health) {
        return new SlipringHealthIndicator(Objects.requireNonNull(health, "health"));
    }

    @Override
    public Health health() {
        dev.slipring.observe.Health now = health.get();
        Health.Builder builder = new Health.Builder();
        switch (now.status()) {
            case UP, UP_WITH_WARNINGS -> builder.up();
            case OUT_OF_SERVICE -> builder.outOfService();
            case DOWN -> builder.down();
        }
        builder.withDetail("produces", now.produces());
        Map<String, Object> secrets = new LinkedHashMap<>();
        now.secrets().forEach(secret -> secrets.put(secret.secret().value(), details(secret)));
        builder.withDetail("secrets", secrets);
        return builder.build();
    }

    private static Map<String, Object> details(SecretHealth secret) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("status", secret.status().name());
        details.put("produces", secret.produces());
        List<String> findings =
                secret.findings().stream().map(Finding::toString).toList();
        if (!findings.isEmpty()) {
            details.put("findings", findings);
        }
        secret.view().ifPresent(view -> {
            details.put("primary", view.primary());
            details.put("phase", view.phase().name());
            details.put("stalenessSeconds", view.staleness().toSeconds());
            view.age().ifPresent(age -> details.put("ageSeconds", age.toSeconds()));
        });
        return details;
    }
}
