package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReplicaHealthTest {
    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
            .ticker(clock)
            .scheduler(ManualScheduler.on(clock))
            .audit(event -> {})
            .build();
    private final ReplicaHealth health =
            new ReplicaHealth("replica 1", slipring::health, () -> new Json().put("active", 3));

    @BeforeEach
    void use() {
        slipring.secret(Replica.KEK, RandomIssuer.bytes(32), RotationPolicy.encryptionKeys(Duration.ofDays(180)));
    }

    @AfterEach
    void close() {
        slipring.close();
    }

    @Test
    void reply_toWhoAsksForNothing_isJson() {
        Reply reply = health.reply("");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.type()).isEqualTo("application/json");
        assertThat(reply.body())
                .startsWith("{\"replica\":\"replica 1\",\"health\":{\"status\":\"UP\"")
                .contains("\"notes-kek\":{", "\"produces\":true")
                .endsWith(",\"pool\":{\"active\":3}}");
        assertThat(health.reply("application/json")).isEqualTo(reply);
        assertThat(health.reply("*/*")).isEqualTo(reply);
    }

    @Test
    void reply_toABrowser_isText() {
        Reply reply = health.reply("text/html,application/xhtml+xml,*/*;q=0.8");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.type()).startsWith("text/plain");
        assertThat(reply.body()).startsWith("replica 1 UP").contains("notes-kek UP, version 1");
    }

    @Test
    void reply_ofWhatMayNotProduce_isUnavailable() {
        slipring.close();

        assertThat(health.reply("application/json").status()).isEqualTo(503);
        assertThat(health.reply("application/json").body()).contains("\"produces\":false");
        assertThat(health.reply("text/plain").status()).isEqualTo(503);
    }
}
