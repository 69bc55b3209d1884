package dev.slipring.observe.microprofile;

import dev.slipring.observe.Finding;
import dev.slipring.observe.Health;
import dev.slipring.observe.HealthStatus;
import dev.slipring.observe.SecretHealth;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells MicroProfile Health how the secrets of a replica stand: up also with warnings, which its data show; down when
 * {@link HealthStatus#OUT_OF_SERVICE} or {@link HealthStatus#DOWN}. A check of readiness and never of liveness, since
 * restarting a process cures none of it. Data are those of {@link Health}, each secret's under {@code secret.NAME}: metadata
 * only. Safe for use by several
 * threads.
 */
@Readiness
@SuppressWarnings("exports") // MicroProfile Health is optional: whoever calls this has it
public final class SlipringReadiness implements HealthCheck {
    private final Supplier<Health> health;

    private SlipringReadiness(Supplier<Health> health) {
        this.health = health;
    }

    /** Tells what {@code health} tells, such as {@code slipring::health}. */
    public static SlipringReadiness of(Supplier<Health> health) {
        return new SlipringReadiness(Objects.requireNonNull(health, "health"));
    }

    @Override
    public HealthCheckResponse call() {
        Health now = health.get();
        HealthStatus status = now.status();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("slipring")
                .status(status == HealthStatus.UP || status == HealthStatus.UP_WITH_WARNINGS)
                .withData("status", status.name())
                .withData("produces", now.produces());
        now.secrets().forEach(secret -> response.withData("secret." + secret.secret(), line(secret)));
        return response.build();
    }

    private static String line(SecretHealth secret) {
        String why = secret.findings().stream().map(Finding::toString).collect(Collectors.joining("; "));
        return secret.status() + (why.isEmpty() ? "" : ": " + why);
    }
}
