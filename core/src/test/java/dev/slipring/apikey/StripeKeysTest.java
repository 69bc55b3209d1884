package dev.slipring.apikey;

import static dev.slipring.apikey.FakeStripe.text;
import static dev.slipring.apikey.FakeStripe.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.Slipring;
import dev.slipring.keyring.RotatingSecret;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.Environment;
import dev.slipring.rotation.Issuance;
import dev.slipring.rotation.IssuerException;
import dev.slipring.rotation.ProbeVerdict;
import dev.slipring.rotation.RotationListener;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Step;
import dev.slipring.store.InMemorySecretStore;
import dev.slipring.store.SecretRecord;
import dev.slipring.testing.ManualClock;
import dev.slipring.testing.ManualScheduler;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that an operator makes in a dashboard and hands in, against a service that knows which are valid. */
@Timeout(120)
class StripeKeysTest {
    private static final String NAME = "stripe";
    private static final SecretName SECRET = SecretName.of(NAME);
    private static final RotationPolicy POLICY = RotationPolicy.apiKeys(Duration.ofDays(90));
    private static final Duration DAY = Duration.ofDays(1);

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    private final ManualScheduler scheduler = ManualScheduler.on(clock);
    private final InMemorySecretStore store = InMemorySecretStore.create(clock);
    private final FakeStripe stripe = new FakeStripe(clock);
    private final List<String> alerts = new ArrayList<>();
    private final Slipring slipring = replica(Environment.PRODUCTION);
    private final SecretValue first = stripe.make("rk_live");

    @AfterEach
    void close() {
        slipring.close();
        stripe.close();
    }

    private Slipring replica(Environment environment) {
        return Slipring.builder(store)
                .scheduler(scheduler)
                .ticker(clock)
                .environment(environment)
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

    private OperatorIssuer issuer() {
        return StripeKeys.standard()
                .address(stripe.address())
                .single()
                .ticker(clock)
                .build();
    }

    private RotatingSecret adopted() {
        return slipring.adopt(NAME, first, issuer(), POLICY);
    }

    private Answer provide(SecretValue value) {
        return slipring.provide(NAME, value, "ada", "quarterly");
    }

    private VersionState state(int version) {
        return store.read(SECRET)
                .record()
                .flatMap(record -> record.version(version))
                .orElseThrow()
                .state();
    }

    // ---- the story

    @Test
    void key_providedAndExpiredByAnOperator_isReplacedWithoutAFailedCall() {
        RotatingSecret key = adopted();
        SecretValue next = stripe.make("rk_live");

        assertThat(slipring.provide(NAME, next, new Command.Provide("billing-2", "ada", "quarterly")))
                .isInstanceOf(Answer.Accepted.class);
        usedEveryMinute(key, Duration.ofHours(1));
        assertThat(key.primary().value()).isEqualTo(next);
        assertThat(key.primary().version().attributes())
                .containsEntry("service", "Stripe")
                .containsEntry("kind", "restricted")
                .containsEntry("mode", "live")
                .containsEntry("label", "billing-2");

        usedEveryMinute(key, DAY);
        assertThat(state(1)).isEqualTo(VersionState.REVOKING);
        assertThat(alerts).singleElement().asString().contains("version 1 ", "expire it", "probes ALIVE");
        usedEveryMinute(key, Duration.ofDays(3));
        assertThat(alerts).as("reminded daily").hasSize(4);

        stripe.expire(first);
        usedEveryMinute(key, FakeStripe.SETTLED_AFTER.plusMinutes(4));
        assertThat(state(1)).as("a refusal that may be a slip is not believed").isEqualTo(VersionState.REVOKING);
        usedEveryMinute(key, Duration.ofMinutes(10));
        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
        usedEveryMinute(key, Duration.ofDays(2));
        assertThat(state(1)).isEqualTo(VersionState.DESTROYED);
    }

    @Test
    void key_expiredBeforeItsOverlapIsOver_countsAsRevoked() {
        RotatingSecret key = adopted();
        provide(stripe.make("rk_live"));
        usedEveryMinute(key, Duration.ofHours(2));
        stripe.expire(first);

        usedEveryMinute(key, DAY.plusMinutes(30));

        assertThat(state(1)).isEqualTo(VersionState.REVOKED);
        assertThat(alerts).noneMatch(alert -> alert.contains("ALIVE"));
    }

    /** An application that calls the service once a minute with what it holds. */
    private void usedEveryMinute(RotatingSecret key, Duration time) {
        for (long minute = 0; minute < time.toMinutes(); minute++) {
            scheduler.advance(Duration.ofMinutes(1));
            assertThat(stripe.accepts(key.primary().value()))
                    .as("call at %s", clock)
                    .isTrue();
        }
    }

    // ---- what is refused

    @ParameterizedTest
    @CsvSource({
        "'rk_live_5nQ2vXb7KzR9tLm1001Yw\n', ends with a newline",
        "'rk_live_5nQ2vXb7\nKzR9tLm1001Yw', has inside a newline",
        "' rk_live_5nQ2vXb7KzR9tLm1001Yw', begins with white space",
        "'rk_live_5nQ2vXb7\0KzR9tLm1001Yw', has inside a control character",
        "'rk_live_5nQ2vXb7KzR9tLm1001Yw\033', ends with a control character",
        "rk_test_5nQ2vXb7KzR9tLm1001Yw, is a test key",
        "sk_test_5nQ2vXb7KzR9tLm1001Yw, is a test key",
        "pk_live_5nQ2vXb7KzR9tLm1001Yw, is not a secret or restricted key",
        "rk_live_, is not a secret or restricted key",
        "whsec_5nQ2vXb7KzR9tLm1001Yw00, is not a secret or restricted key",
        "rk_live_xxxxxxxxxxxxxxxxxxxx, is not valid at Stripe",
        "rk_live_5nQ2vXb7KzR9tLm9999Yw, is not valid at Stripe"
    })
    void provide_ofWhatIsNoValidKeyHere_isRefusedWithTheReason(String text, String why) {
        RotatingSecret key = adopted();

        refuses(value(text), why);

        assertThat(key.refresh().primary().value()).isEqualTo(first);
    }

    @Test
    void emptyValue_cannotEvenBeMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecretValue.copyOf(new byte[0]))
                .withMessageContaining("empty");
    }

    @ParameterizedTest
    @CsvSource({"PRODUCTION, rk_live, rk_test", "STAGING, sk_test, sk_live", "DEVELOPMENT, rk_test, rk_live"})
    void provide_ofAnotherEnvironmentsKey_isRefused(Environment environment, String own, String other) {
        try (Slipring replica = replica(environment)) {
            replica.adopt("own", stripe.make(own), issuer(), POLICY);

            assertThat(replica.provide("own", stripe.make(other), "ada", "quarterly"))
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.why()).contains("key, and this is " + environment));
            assertThat(replica.provide("own", stripe.make(own), "ada", "quarterly"))
                    .isInstanceOf(Answer.Accepted.class);
        }
    }

    @Test
    void adopt_whereNobodyHasDeclaredTheEnvironment_isRefused() {
        try (Slipring replica = replica(Environment.UNDECLARED)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> replica.adopt(NAME, first, issuer(), POLICY))
                    .withMessageContaining("nobody has declared which environment this is");
        }
        assertThat(store.value(SECRET, 1)).isEmpty();
    }

    @Test
    void adopt_ofAKeyThatIsUsedElsewhereOrDead_isRefusedAndCanBeMended() {
        adopted();
        assertThatThrownBy(() -> slipring.adopt("refunds", first, issuer(), POLICY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in use already, as secret stripe");
        assertThatThrownBy(() -> slipring.adopt("refunds", value("rk_live_5nQ2vXb7KzR9tLm9999Yw"), issuer(), POLICY))
                .hasMessageContaining("is not valid at Stripe");

        SecretValue own = stripe.make("rk_live");
        assertThat(slipring.adopt("refunds", own, issuer(), POLICY).primary().value())
                .isEqualTo(own);
    }

    @Test
    void secret_withoutAFirstValue_saysWhoMustProvideIt() {
        assertThatThrownBy(() -> slipring.secret(NAME, issuer(), POLICY))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("an operator must make the value at Stripe and provide it, with Slipring.adopt");
    }

    @Test
    void provide_ofAKeyThatAnotherSecretUses_isRefusedByItsName() {
        adopted();
        SecretValue other = stripe.make("sk_live");
        slipring.adopt("refunds", other, issuer(), POLICY);

        refuses(other, "in use already, as secret refunds");
    }

    @Test
    void provide_ofAKeyThatThisSecretHasOrHad_isRefused() {
        RotatingSecret key = adopted();
        refuses(first, "is that of version 1, which is PRIMARY");
        provide(stripe.make("rk_live"));
        usedEveryMinute(key, Duration.ofHours(1));
        stripe.expire(first);
        usedEveryMinute(key, Duration.ofDays(3));
        assertThat(state(1)).isEqualTo(VersionState.DESTROYED);

        refuses(first, "is that of version 1, which is DESTROYED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIMITED", "BROKEN", "CUT", "SILENT"})
    void provide_whileTheServiceGivesNoVerdict_isRefusedAndWorksLater(FakeStripe.Mood mood) {
        slipring.adopt(
                NAME,
                first,
                StripeKeys.standard()
                        .address(stripe.address())
                        .timeout(Duration.ofMillis(300))
                        .single()
                        .ticker(clock)
                        .build(),
                POLICY);
        SecretValue next = stripe.make("rk_live");
        stripe.is(mood);
        refuses(next, "could not be shown to be valid at Stripe");

        stripe.is(FakeStripe.Mood.WELL);
        stripe.limit(next);
        assertThat(provide(next)).as("403 means that it authenticates").isInstanceOf(Answer.Accepted.class);
    }

    private void refuses(SecretValue value, String why) {
        SecretRecord before = store.read(SECRET).record().orElseThrow();
        Answer answer = provide(value);
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why())
                                .contains(why)
                                .doesNotContain(text(value).strip()));
        assertThat(store.read(SECRET).record()).contains(before);
        assertThat(store.value(SECRET, before.nextNumber()))
                .as("nothing is stored")
                .isEmpty();
    }

    // ---- where a key goes

    @Test
    void probe_redirected_doesNotTakeTheKeyAlong() {
        try (FakeStripe other = new FakeStripe(clock)) {
            stripe.redirectTo(other.address());

            assertThat(issuer().probe(issuance(), first)).isEqualTo(ProbeVerdict.INCONCLUSIVE);

            assertThat(stripe.asked()).containsExactly("GET /v1/balance " + text(first));
            assertThat(other.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://api.stripe.com", "ftp://127.0.0.1", "https://user@api.stripe.com", "api.stripe.com", "/x"
            })
    void address_whereKeysWouldTravelInTheClear_isRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StripeKeys.standard().address(URI.create(address)));
    }

    @Test
    void nothingPrinted_showsAKey() {
        adopted();
        SecretValue next = stripe.make("rk_live");
        List<Object> printed = new ArrayList<>(List.of(issuer(), provide(next), stripe.address()));
        stripe.is(FakeStripe.Mood.BROKEN);
        printed.add(provide(stripe.make("sk_live")));
        scheduler.advance(Duration.ofHours(2));
        printed.addAll(alerts);
        printed.add(store.read(SECRET).record().orElseThrow());

        assertThat(alerts).isNotEmpty();
        assertThat(printed)
                .allSatisfy(each -> assertThat(each.toString()).doesNotContain("5nQ2vXb7", text(first), text(next)));
    }

    @Test
    void deadKey_isBelievedDeadOnlyAfterSeveralProbesOverTheDelay() {
        OperatorIssuer issuer = issuer();
        SecretValue unknown = value("rk_live_5nQ2vXb7KzR9tLm9999Yw");
        List<ProbeVerdict> verdicts = new ArrayList<>();
        for (int minute = 0; minute <= 5; minute++) {
            verdicts.add(issuer.probe(issuance(), unknown));
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(verdicts)
                .startsWith(ProbeVerdict.INCONCLUSIVE, ProbeVerdict.INCONCLUSIVE, ProbeVerdict.INCONCLUSIVE)
                .endsWith(ProbeVerdict.INCONCLUSIVE, ProbeVerdict.DEAD);
        assertThat(issuer.probe(issuance(), first)).isEqualTo(ProbeVerdict.ALIVE);
        assertThat(issuer.probe(issuance(), unknown)).as("counted anew").isEqualTo(ProbeVerdict.INCONCLUSIVE);
    }

    private static Issuance issuance() {
        return new Issuance(SECRET, 2, Optional.empty(), "r2", 2, 1);
    }

    // ---- pairs

    @Test
    void pair_providedAsOneValue_isProbedAndTakenApart() {
        OperatorIssuer pairs = StripeKeys.standard()
                .address(stripe.address())
                .pairs()
                .ticker(clock)
                .build();
        String publishable = text(stripe.make("pk_live"));
        SecretValue secret = stripe.make("sk_live");
        StripePair pair = StripePair.of(publishable, secret);
        SecretValue spelled = pair.toValue();

        assertThat(text(spelled)).isEqualTo(publishable + ":" + text(secret));
        RotatingSecret key = slipring.adopt(NAME, spelled, pairs, POLICY);
        StripePair read = StripePair.parse(key.primary().value());
        assertThat(read.publishable()).isEqualTo(publishable);
        assertThat(read.secret()).isEqualTo(secret);
        assertThat(read).hasToString("StripePair[" + publishable + "]");
        assertThat(key.primary().version().attributes()).containsEntry("kind", "secret");
        assertThat(stripe.asked()).allMatch(asked -> asked.endsWith(text(secret)));

        String fresh = text(stripe.make("pk_live"));
        refuses(value(fresh + ":" + text(stripe.make("sk_test"))), "pairs a live key with a test key");
        refuses(value(text(stripe.make("pk_test")) + ":" + text(stripe.make("sk_test"))), "is a test key");
        refuses(stripe.make("sk_live"), "is not a pair");
        refuses(value(text(stripe.make("sk_live")) + ":" + fresh), "is not a pair");
        assertThat(provide(value(fresh + ":" + text(stripe.make("rk_live"))))).isInstanceOf(Answer.Accepted.class);
    }
}
