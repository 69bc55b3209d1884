package dev.slipring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.guard.EnvironmentTags;
import dev.slipring.guard.GuardFinding;
import dev.slipring.guard.GuardRails;
import dev.slipring.guard.GuardRule;
import dev.slipring.guard.SecretRefusedException;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.observe.Finding;
import dev.slipring.observe.HealthStatus;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretIssuer;
import dev.slipring.rotation.Step;
import dev.slipring.rotation.UseReport;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a secret whose value should not be used: it is refused, or rotated out of with warnings. */
class SlipringGuardsTest {
    private static final RotationPolicy POLICY = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
    private static final RandomIssuer ISSUER = RandomIssuer.bytes(32);
    private static final String WEAK = "changeme";
    private static final String GOOD = "q7ZpV0nXc3uR9tLkYwJ2mB5sHdGfAe1x";

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final List<String> alerts = new ArrayList<>();

    @TempDir
    Path temp;

    @Test
    void weakValue_adoptedInProduction_isRefusedBeforeItIsStored() {
        try (Slipring slipring = replica(Environment.PRODUCTION, GuardRails.standard())) {
            assertThatThrownBy(() -> slipring.adopt("session", value(WEAK), ISSUER, POLICY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("secret session cannot be created: the value is a published default")
                    .hasMessageContaining("(rule PUBLISHED)")
                    .hasMessageNotContaining(WEAK);
            assertThat(store.names()).isEmpty();
            assertThat(store.value(SecretName.of("session"), 1)).isEmpty();
            slipring.adopt("session", value(GOOD), ISSUER, POLICY);
            assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        }
    }

    @Test
    void weakValue_elsewhere_isWarnedOf_untilARotationHasReplacedIt() {
        try (Slipring slipring = replica(Environment.STAGING, GuardRails.standard())) {
            slipring.adopt("session", value(WEAK), ISSUER, POLICY);
            assertRotatesOut(slipring);
        }
    }

    @Test
    void weakValue_toleratedInProduction_canBeRotatedOutOf() {
        GuardRails tolerant = GuardRails.builder()
                .tolerating("session", "rotated at once", GuardRule.WEAK, GuardRule.PUBLISHED)
                .build();
        try (Slipring slipring = replica(Environment.PRODUCTION, tolerant)) {
            slipring.adopt("session", value(WEAK), ISSUER, POLICY);
            assertRotatesOut(slipring);
        }
        try (Slipring strict = replica(Environment.PRODUCTION, GuardRails.standard())) {
            strict.secret("session", ISSUER, POLICY);
            assertThat(strict.health().status()).isEqualTo(HealthStatus.UP);
        }
    }

    @Test
    void weakPrimary_ofProduction_isRefusedAtStart_unlessABetterOneIsPublished() {
        try (Slipring lenient = replica(Environment.UNDECLARED, GuardRails.standard());
                Slipring strict = replica(Environment.PRODUCTION, GuardRails.standard())) {
            lenient.adopt("session", value(WEAK), ISSUER, POLICY);
            assertThatThrownBy(() -> strict.secret("session", ISSUER, POLICY))
                    .isInstanceOf(SecretRefusedException.class)
                    .hasMessageContaining("secret session is refused: the value of version 1 is a published default")
                    .hasMessageNotContaining(WEAK)
                    .extracting(e -> ((SecretRefusedException) e)
                            .findings().stream().map(GuardFinding::rule).toList())
                    .isEqualTo(List.of(GuardRule.PUBLISHED, GuardRule.WEAK));
            assertThatThrownBy(() -> strict.reader("session")).isInstanceOf(SecretRefusedException.class);

            lenient.rotate("session", "alice", "weak");
            scheduler.advance(POLICY.timing().get(TimingParameter.REFRESH));
            strict.secret("session", ISSUER, POLICY); // goes on, so that a restart now is no outage
            assertThat(findings(strict)).hasSize(2);
            assertThat(strict.health().secret("session").orElseThrow().toString())
                    .contains("version 1 is a published default")
                    .doesNotContain(WEAK);
        }
    }

    @Test
    void value_ofTwoSecrets_isFound_alsoInAnotherReplicaThroughTheStore() {
        try (Slipring slipring = replica(Environment.UNDECLARED, GuardRails.standard())) {
            slipring.adopt("session", value(GOOD), ISSUER, POLICY);
            slipring.adopt("csrf", value(GOOD), ISSUER, POLICY);
            assertThat(slipring.health().secret("csrf").orElseThrow().findings())
                    .containsExactly(new Finding(
                            Finding.Kind.GUARD,
                            "the value of version 1 is also that of secret session (rule DUPLICATED)"));
            assertThat(alerts).hasSize(1);
        }
        GuardRails rails = GuardRails.builder().acrossStore().build();
        try (Slipring production = replica(Environment.PRODUCTION, GuardRails.standard());
                Slipring careful = replica(Environment.PRODUCTION, rails)) {
            production.secret("session", ISSUER, POLICY);
            assertThatThrownBy(() -> production.secret("csrf", ISSUER, POLICY))
                    .isInstanceOf(SecretRefusedException.class)
                    .hasMessageContaining("also that of secret session");
            assertThatThrownBy(() -> production.adopt("remember-me", value(GOOD), ISSUER, POLICY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("also that of secret session (rule DUPLICATED)");
            assertThatThrownBy(() -> careful.secret("session", ISSUER, POLICY))
                    .isInstanceOf(SecretRefusedException.class)
                    .hasMessageContaining("also that of secret csrf");
        }
    }

    @Test
    void value_ofAnotherEnvironment_isRefusedByItsTags() throws IOException {
        Path key = Files.writeString(temp.resolve("guard.key"), "0d8c3f5a7b9e1264f0a1c5d7e8b3926475a1e0c4\n");
        Path file = temp.resolve("staging.tags");
        try (EnvironmentTags tags = EnvironmentTags.read(key);
                Slipring staging = replica(
                        Environment.STAGING, GuardRails.builder().tags(tags).build())) {
            staging.adopt("session", value(GOOD), ISSUER, POLICY);
            assertThat(staging.environmentTags()).singleElement().asString().startsWith("STAGING session 1 ");
            Files.write(file, staging.environmentTags());
        }
        try (EnvironmentTags tags = EnvironmentTags.read(key, file);
                Slipring production = replica(
                        Environment.PRODUCTION, GuardRails.builder().tags(tags).build())) {
            assertThatThrownBy(() -> production.adopt("web", value(GOOD), ISSUER, POLICY))
                    .hasMessageContaining("is also that of STAGING, as version 1 of secret session (rule SHARED)");
        }
    }

    /** A login is as strong as its password, and two users may not share one; a name of a key is no secret. */
    @Test
    void value_isJudgedByWhatOfItIsSecret() {
        SecretIssuer logins = new Parted(text -> Optional.of(text.substring(text.indexOf(':') + 1)));
        SecretIssuer names = new Parted(text -> Optional.empty());
        try (Slipring slipring = replica(Environment.PRODUCTION, GuardRails.standard())) {
            assertThatThrownBy(
                            () -> slipring.adopt("db", value("a-long-user-name-of-an-application:pw7"), logins, POLICY))
                    .hasMessageContaining("holds fewer than 112 bits");
            slipring.adopt("db", value("app:" + GOOD), logins, POLICY);
            assertThatThrownBy(() -> slipring.adopt("reports", value("rep:" + GOOD), logins, POLICY))
                    .hasMessageContaining("is also that of secret db (rule DUPLICATED)");
            slipring.adopt("kek", value("transit/k#1"), names, POLICY);
            slipring.adopt("other-kek", value("transit/k#1"), names, POLICY);
            assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        }
        GuardRails rails = GuardRails.builder()
                .part(
                        "db",
                        whole -> whole.reveal(bytes -> SecretValue.copyOf(Arrays.copyOfRange(bytes, 4, bytes.length))))
                .acrossStore()
                .build();
        try (Slipring slipring = replica(Environment.PRODUCTION, rails)) {
            slipring.reader("db");
            assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
        }
    }

    /** Values that are valid by being known, and of which a part is secret. */
    private record Parted(Function<String, Optional<String>> part) implements SecretIssuer {
        @Override
        public IssuerTraits traits() {
            return ISSUER.traits();
        }

        @Override
        public SecretValue mint(Issuance issuance, Collection<SecretValue> existing) {
            return ISSUER.mint(issuance, existing);
        }

        @Override
        public void install(Issuance issuance, SecretValue value) {}

        @Override
        public Optional<SecretValue> secretPart(SecretValue value) {
            return part.apply(value.reveal(bytes -> new String(bytes, US_ASCII)))
                    .map(SlipringGuardsTest::value);
        }

        @Override
        public ProbeVerdict probe(Issuance issuance, SecretValue value) {
            return ProbeVerdict.INCONCLUSIVE;
        }

        @Override
        public void revoke(Issuance issuance) {}

        @Override
        public UseReport use(Issuance issuance) {
            return UseReport.UNKNOWN;
        }
    }

    /** Warned of at once and in health; gone from health when no accepted version has such a value any more. */
    private void assertRotatesOut(Slipring slipring) {
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP_WITH_WARNINGS);
        assertThat(findings(slipring)).containsOnly(Finding.Kind.GUARD).hasSize(2);
        assertThat(alerts).hasSize(2).allMatch(alert -> !alert.contains(WEAK));
        assertThat(slipring.rotate("session", "alice", "weak")).isInstanceOf(Answer.Accepted.class);
        scheduler.advance(Duration.ofDays(2));
        assertThat(slipring.plan("session").toString()).isNotBlank();
        assertThat(slipring.health().status()).isEqualTo(HealthStatus.UP);
    }

    private List<Finding.Kind> findings(Slipring slipring) {
        return slipring.health().secret("session").orElseThrow().findings().stream()
                .map(Finding::kind)
                .toList();
    }

    private Slipring replica(Environment environment, GuardRails rails) {
        return Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .environment(environment)
                .guards(rails)
                .listener(new RotationListener() {
                    @Override
                    public void onTransition(Step.Write step, Optional<SecretRecord> before, SecretRecord after) {}

                    @Override
                    public void onAlert(SecretName secret, String why) {
                        alerts.add(why);
                    }
                })
                .build();
    }

    private static SecretValue value(String text) {
        return SecretValue.copyOf(text.getBytes(US_ASCII));
    }
}
