package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.crypto.Context;
import dev.slipring.crypto.EnvelopeEncryptor;
import dev.slipring.jdbc.RotatingDataSource;
import dev.slipring.jdbc.login.Login;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.observe.micrometer.SlipringMetrics;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dashboard and the alert rules against what Prometheus scrapes from a replica whose secrets were rotated. */
class DashboardTest {
    private static final Path FILES = Path.of("..", "observability");
    private static final Pattern NAME = Pattern.compile("slipring_[a-z_]+");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(slipring_[a-z_]+)\\{");
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final Context CONTEXT = Context.of("table", "notes");

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Slipring slipring = Slipring.builder(InMemorySecretStore.create(clock))
            .scheduler(scheduler)
            .ticker(clock)
            .build();
    private final SlipringMetrics metrics = SlipringMetrics.of(slipring.measures());

    @AfterEach
    void close() {
        metrics.close();
        slipring.close();
    }

    @Test
    void everyNameInDashboardAndRules_isScraped_andEveryMetricIsShown() throws Exception {
        String scrape = run();
        Set<String> scraped = found(SAMPLE, scrape, 1);
        String dashboard = read("dashboard.json");
        Set<String> shown = found(NAME, dashboard, 0);
        assertThat(scraped).containsAll(shown).containsAll(found(NAME, read("alerts.yaml"), 0));
        assertThat(scraped).containsAll(found(NAME, read("alerts-test.yaml"), 0));
        assertThat(scraped.stream()
                        .filter(name -> !name.endsWith("_max"))
                        .filter(name -> !shown.contains(name))
                        .toList())
                .isEmpty();
        assertThat(scrape).contains("slot=\"revoked\"", "slot=\"previous\"", "outcome=\"failed\",secret");
        assertThat(scrape).containsPattern("rotation_step_seconds_count\\{[^}]*outcome=\"failed\"[^}]*step=\"probe\"");
    }

    /** One rotation of each secret, each used by whom it is for. */
    private String run() throws Exception {
        metrics.bindTo(registry);
        RotatingSecret sessionKey = slipring.secret("session", SessionSigner.issuer(), POLICY);
        SessionSigner signer = SessionSigner.builder(sessionKey)
                .cookie("__Host-sid")
                .maxLife(Duration.ofHours(12))
                .clock(clock)
                .build();
        signer.verify(signer.sign("user-42"));
        signer.verify("no token");
        RotatingSecret kek = slipring.secret("kek", RandomIssuer.bytes(32), POLICY);
        RotatingSecret login = slipring.adopt(
                "login",
                Login.encode("app", "not-a-real-password".getBytes(StandardCharsets.US_ASCII)),
                RandomIssuer.bytes(32),
                POLICY);
        try (EnvelopeEncryptor encryptor =
                        EnvelopeEncryptor.builder(kek).ticker(clock).build();
                RotatingDataSource dataSource = RotatingDataSource.builder(login, credential -> connection())
                        .scheduler(scheduler)
                        .ticker(clock)
                        .build();
                Connection borrowed = dataSource.getConnection()) {
            byte[] first = encryptor.encrypt(new byte[] {1}, CONTEXT);
            encryptor.encrypt(new byte[] {2}, CONTEXT);
            encryptor.decrypt(first, CONTEXT);
            String scrape = registry.scrape();
            assertSample(scrape, "slipring_session_verified_total", "result=\"valid\"", 1);
            assertSample(scrape, "slipring_session_verified_total", "result=\"malformed\"", 1);
            assertSample(scrape, "slipring_crypto_datakey_loads_total", "by=\"mint\"", 1);
            assertSample(scrape, "slipring_crypto_datakey_loads_total", "by=\"unwrap\"", 1);
            assertSample(scrape, "slipring_crypto_datakey_hits_total", "secret=\"kek\"", 1);
            assertSample(scrape, "slipring_crypto_datakey_budget_left", "secret=\"kek\"", (1 << 24) - 2);
            assertSample(scrape, "slipring_jdbc_generation_connections", "slot=\"current\"", 1);
            assertSample(scrape, "slipring_jdbc_generation_connections", "slot=\"draining\"", 0);
            assertThat(borrowed).isNotNull();

            slipring.rotate("session", "alice", "exercise");
            slipring.rotate("kek", "alice", "exercise");
            scheduler.advance(Duration.ofDays(1));
            return registry.scrape();
        }
    }

    private static void assertSample(String scrape, String name, String tag, double value) {
        Matcher sample = Pattern.compile("(?m)^" + name + "\\{[^}]*" + tag + "[^}]*} (\\S+)$")
                .matcher(scrape);
        assertThat(sample.find()).as(name + " " + tag).isTrue();
        assertThat(Double.parseDouble(sample.group(1))).as(name + " " + tag).isEqualTo(value);
    }

    private static Set<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(String file) throws IOException {
        return Files.readString(FILES.resolve(file));
    }

    /** A connection that answers everything with nothing. */
    private static Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                DashboardTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Class<?> type = method.getReturnType();
                    return type == boolean.class ? false : type == int.class ? 0 : null;
                });
    }
}
