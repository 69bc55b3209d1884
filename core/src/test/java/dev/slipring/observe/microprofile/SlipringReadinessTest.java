package dev.slipring.observe.microprofile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import dev.slipring.observe.Finding;
import dev.slipring.observe.Health;
import dev.slipring.observe.SecretHealth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By the specification's interfaces: what a server brings, the making of responses, is a plain one here. */
class SlipringReadinessTest {
    @BeforeEach
    void provide() {
        HealthCheckResponse.setResponseProvider(PlainResponse::new);
    }

    @Test
    void check_isOneOfReadiness_andNeverOfLiveness() {
        assertThat(SlipringReadiness.class).hasAnnotation(Readiness.class);
        assertThat(SlipringReadiness.class.isAnnotationPresent(Liveness.class)).isFalse();
    }

    @Test
    void warnings_areUp_andShown() {
        HealthCheckResponse told = call(new Finding(Finding.Kind.AGE, "it is old"));
        assertThat(told.getName()).isEqualTo("slipring");
        assertThat(told.getStatus()).isEqualTo(Status.UP);
        assertThat(told.getData().orElseThrow())
                .isEqualTo(Map.of(
                        "status",
                        "UP_WITH_WARNINGS",
                        "produces",
                        true,
                        "secret.status",
                        "UP_WITH_WARNINGS: it is old"));
        assertThat(call().getData().orElseThrow()).containsEntry("secret.status", "UP");
    }

    @Test
    void outOfServiceAndDown_areDown() {
        assertThat(call(new Finding(Finding.Kind.STALE, "too old")).getStatus()).isEqualTo(Status.DOWN);
        assertThat(call(new Finding(Finding.Kind.NOT_READ, "not read")).getStatus())
                .isEqualTo(Status.DOWN);
    }

    private static HealthCheckResponse call(Finding... findings) {
        SecretHealth secret = new SecretHealth(SecretName.of("status"), List.of(findings), true, Optional.empty());
        return SlipringReadiness.of(() -> new Health(List.of(secret))).call();
    }

    private static final class PlainResponse extends HealthCheckResponseBuilder {
        private final Map<String, Object> data = new LinkedHashMap<>();
        private String name = "";
        private Status status = Status.DOWN;

        @Override
        public HealthCheckResponseBuilder name(String value) {
            name = value;
            return this;
        }

        @Override
        public HealthCheckResponseBuilder withData(String key, String value) {
            data.put(key, value);
            return this;
        }

        @Override
        public HealthCheckResponseBuilder withData(String key, long value) {
            data.put(key, value);
            return this;
        }

        @Override
        public HealthCheckResponseBuilder withData(String key, boolean value) {
            data.put(key, value);
            return this;
        }

        @Override
        public HealthCheckResponseBuilder up() {
            return status(true);
        }

        @Override
        public HealthCheckResponseBuilder down() {
            return status(false);
        }

        @Override
        public HealthCheckResponseBuilder status(boolean up) {
            status = up ? Status.UP : Status.DOWN;
            return this;
        }

        @Override
        public HealthCheckResponse build() {
            return new HealthCheckResponse(name, status, Optional.of(data));
        }
    }
}
