package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RotationPolicyTest {
    private static final Duration G = Duration.ofSeconds(10 + 15 * 60 + 30 + 2 * 30);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Instant PRIMARY_AT = Instant.parse("2030-01-01T00:00:00Z");

    private static RotationPolicy.Builder self() {
        return RotationPolicy.builder(SecretKind.SELF, MONTH);
    }

    private static Duration time(RotationPolicy policy, TimingParameter parameter) {
        return policy.timing().get(parameter);
    }

    private static void refused(RotationPolicy.Builder builder, String inequality, String left, String right) {
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining(inequality + " does not hold")
                .withMessageContaining(left + " < " + right)
                .withMessageContaining("R = ")
                .withMessageContaining("g = D + max(R, L) + A + 2e = PT");
    }

    // ---- defaults

    @Test
    void sessions_toldNothing_haveTheDocumentedTiming() {
        RotationPolicy policy = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofDays(1));

        assertThat(policy.kind()).isEqualTo(SecretKind.SELF);
        assertThat(policy.retirement()).isEqualTo(Retirement.ON_TIME);
        assertThat(time(policy, TimingParameter.REFRESH)).isEqualTo(Duration.ofSeconds(60));
        assertThat(time(policy, TimingParameter.STALENESS)).isEqualTo(Duration.ofMinutes(15));
        assertThat(time(policy, TimingParameter.LAG)).isEqualTo(Duration.ofSeconds(10));
        assertThat(time(policy, TimingParameter.WRITE_WINDOW)).isEqualTo(Duration.ofSeconds(5));
        assertThat(time(policy, TimingParameter.ADOPTION)).isEqualTo(Duration.ofSeconds(30));
        assertThat(time(policy, TimingParameter.SKEW)).isEqualTo(Duration.ofSeconds(30));
        assertThat(time(policy, TimingParameter.ACTIVATION)).isZero();
        assertThat(time(policy, TimingParameter.REVOCATION)).isZero();
        assertThat(policy.timing().horizon()).isEqualTo(G);
        assertThat(time(policy, TimingParameter.PUBLISH)).isEqualTo(Duration.ofMinutes(20));
        assertThat(time(policy, TimingParameter.LIFETIME)).isEqualTo(Duration.ofDays(1));
        assertThat(time(policy, TimingParameter.OVERLAP)).isEqualTo(G.plusDays(1));
        assertThat(time(policy, TimingParameter.SOAK)).isEqualTo(G.plusHours(24));
        assertThat(policy.longestOutage()).isEqualTo(Duration.ofHours(12));
        assertThat(policy.cachedKeyLife()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void sessions_shorterThanTheLongestOutage_overlapForTheOutage() {
        RotationPolicy policy = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(1));

        assertThat(time(policy, TimingParameter.OVERLAP)).isEqualTo(Duration.ofHours(12));
    }

    @Test
    void logins_toldNothing_overlapForADay() {
        RotationPolicy policy = RotationPolicy.logins(MONTH);

        assertThat(policy.kind()).isEqualTo(SecretKind.OUTBOUND);
        assertThat(policy.maxAge()).isEqualTo(MONTH);
        assertThat(time(policy, TimingParameter.LIFETIME)).isZero();
        assertThat(time(policy, TimingParameter.PUBLISH)).isEqualTo(Duration.ofMinutes(20));
        assertThat(time(policy, TimingParameter.OVERLAP)).isEqualTo(Duration.ofHours(24));
        assertThat(time(policy, TimingParameter.SOAK)).isEqualTo(G.plusHours(24));
    }

    @Test
    void apiKeys_toldNothing_overlapForADay() {
        RotationPolicy policy = RotationPolicy.apiKeys(Duration.ofDays(90));

        assertThat(policy.kind()).isEqualTo(SecretKind.OUTBOUND);
        assertThat(policy.retirement()).isEqualTo(Retirement.ON_TIME);
        assertThat(time(policy, TimingParameter.OVERLAP)).isEqualTo(Duration.ofHours(24));
        assertThat(time(policy, TimingParameter.REVOCATION)).isEqualTo(Duration.ofMinutes(10));
        assertThat(time(policy, TimingParameter.SOAK)).isEqualTo(G.plusHours(24));
    }

    @Test
    void encryptionKeys_toldNothing_retireOnCensus() {
        RotationPolicy policy = RotationPolicy.encryptionKeys(Duration.ofDays(180));

        assertThat(policy.kind()).isEqualTo(SecretKind.SELF);
        assertThat(policy.retirement()).isEqualTo(Retirement.ON_CENSUS);
        assertThat(time(policy, TimingParameter.PUBLISH)).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void retryBudget_ofAShortAge_isAWeek() {
        RotationPolicy policy = RotationPolicy.logins(MONTH);

        assertThat(policy.retryBudget()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void retryBudget_ofALongAge_isAFifth() {
        RotationPolicy policy = RotationPolicy.apiKeys(Duration.ofDays(90));

        assertThat(policy.retryBudget()).isEqualTo(Duration.ofDays(18));
    }

    @Test
    void publishDelay_toldNothingWithALongHorizon_growsToIt() {
        RotationPolicy policy = self().staleness(Duration.ofHours(1)).build();

        assertThat(time(policy, TimingParameter.PUBLISH))
                .isEqualTo(policy.timing().horizon())
                .isGreaterThan(Duration.ofHours(1));
    }

    @Test
    void soak_toldNothingWithASlowIssuer_growsToItsDelay() {
        RotationPolicy policy = self().revocation(Duration.ofHours(5)).build();

        assertThat(time(policy, TimingParameter.SOAK)).isEqualTo(Duration.ofHours(29));
    }

    // ---- inequalities: at the bound and one below it

    @Test
    void staleness_belowRefresh_isRefused() {
        self().refresh(Duration.ofMinutes(2)).staleness(Duration.ofMinutes(2)).build();
        refused(self().refresh(Duration.ofMinutes(2)).staleness(Duration.ofMinutes(1)), "L >= R", "PT1M", "PT2M");
    }

    @Test
    void lag_notAboveTheWriteWindow_isRefused() {
        self().lag(Duration.ofSeconds(5).plusNanos(1)).build();
        refused(self().lag(Duration.ofSeconds(5)), "D > C", "PT5S", "PT5.000000001S");
    }

    @Test
    void publishDelay_belowTheHorizon_isRefused() {
        self().publishDelay(G).build();
        refused(self().publishDelay(G.minusNanos(1)), "P >= g", "PT16M39.999999999S", "PT16M40S");
    }

    @Test
    void publishDelay_ofAnInboundSecretBelowTheHorizon_isRefused() {
        refused(
                RotationPolicy.builder(SecretKind.INBOUND, MONTH).publishDelay(G.minusNanos(1)),
                "P >= g",
                "PT16M39.999999999S",
                "PT16M40S");
    }

    @Test
    void publishDelay_ofAnOutboundSecret_needsTheActivationOnly() {
        RotationPolicy.Builder login =
                RotationPolicy.builder(SecretKind.OUTBOUND, MONTH).activation(Duration.ofMinutes(10));
        login.publishDelay(Duration.ofMinutes(10)).build();
        refused(login.publishDelay(Duration.ofMinutes(9)), "P >= V", "PT9M", "PT10M");
    }

    @Test
    void overlap_belowHorizonAndLifetime_isRefused() {
        Duration least = G.plusDays(1);
        self().lifetime(Duration.ofDays(1)).overlap(least).build();
        refused(
                self().lifetime(Duration.ofDays(1)).overlap(least.minusSeconds(1)),
                "O >= g + T",
                "PT24H16M39S",
                "PT24H16M40S");
    }

    @Test
    void overlap_belowTheLongestOutage_isRefused() {
        self().longestOutage(Duration.ofHours(3)).overlap(Duration.ofHours(3)).build();
        refused(
                self().longestOutage(Duration.ofHours(3)).overlap(Duration.ofHours(2)),
                "O >= longest store outage",
                "PT2H",
                "PT3H");
    }

    @Test
    void soak_belowHorizonAndTrafficCycle_isRefused() {
        self().trafficCycle(Duration.ofHours(1)).soak(G.plusHours(1)).build();
        refused(
                self().trafficCycle(Duration.ofHours(1)).soak(Duration.ofHours(1)),
                "W >= max(X, g) + traffic cycle",
                "PT1H",
                "PT1H16M40S");
    }

    @Test
    void soak_belowRevocationDelayAndTrafficCycle_isRefused() {
        refused(
                self().revocation(Duration.ofHours(4))
                        .trafficCycle(Duration.ofHours(1))
                        .soak(Duration.ofHours(4)),
                "W >= max(X, g) + traffic cycle",
                "PT4H",
                "PT5H");
    }

    @Test
    void refresh_aboveAThirdOfThePublishDelay_isRefused() {
        RotationPolicy.Builder login =
                RotationPolicy.builder(SecretKind.OUTBOUND, MONTH).publishDelay(Duration.ofMinutes(3));
        login.build();
        refused(login.publishDelay(Duration.ofMinutes(2)), "min(P, O) / 3 >= R", "PT40S", "PT1M");
    }

    @Test
    void maxAge_notAbovePublishDelayAndRetryBudget_isRefused() {
        Duration bound = Duration.ofDays(7).plusMinutes(20);
        RotationPolicy.builder(SecretKind.SELF, bound.plusNanos(1)).build();
        refused(RotationPolicy.builder(SecretKind.SELF, bound), "M > P + G", "PT168H20M", "PT168H20M0.000000001S");
    }

    @Test
    void retryBudget_belowAWeek_isRefused() {
        RotationPolicy sound = self().build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RotationPolicy(
                        sound.kind(),
                        sound.retirement(),
                        sound.timing(),
                        sound.maxAge(),
                        Duration.ofDays(6),
                        sound.longestOutage(),
                        sound.cachedKeyLife(),
                        sound.evidence(),
                        sound.whenStale(),
                        sound.promoteOnAcknowledgement()))
                .withMessageContaining("G >= max(7 d, 0.2 M) does not hold")
                .withMessageContaining("PT144H < PT168H");
    }

    @Test
    void soak_belowTheHorizonPastTheBuilder_isRefused() {
        RotationPolicy sound = self().build();
        Map<TimingParameter, Duration> values = new EnumMap<>(sound.timing().values());
        values.put(TimingParameter.SOAK, G.minusNanos(1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RotationPolicy(
                        sound.kind(),
                        sound.retirement(),
                        new Timing(values),
                        sound.maxAge(),
                        sound.retryBudget(),
                        sound.longestOutage(),
                        sound.cachedKeyLife(),
                        sound.evidence(),
                        sound.whenStale(),
                        sound.promoteOnAcknowledgement()))
                .withMessageContaining("W >= max(X, g) does not hold")
                .withMessageContaining("PT16M39.999999999S < PT16M40S");
    }

    @ParameterizedTest
    @CsvSource({"30, 19, 21", "60, 41, 45", "90, 62, 68", "180, 130, 140", "365, 263, 284"})
    void beginAt_everyMaximumAge_isWithinTheDaysOfTheProcedureAndSpreadsSecrets(int days, int first, int last) {
        RotationPolicy policy = RotationPolicy.sessions(Duration.ofDays(days), Duration.ofHours(12));

        Set<Instant> begins = begins(policy);

        assertThat(begins)
                .hasSizeGreaterThan(30)
                .allSatisfy(begin -> assertThat(begin)
                        .isBetween(PRIMARY_AT.plus(Duration.ofDays(first)), PRIMARY_AT.plus(Duration.ofDays(last))));
        assertThat(begins).isEqualTo(begins(policy));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 10, 20, 30, 45, 90, 400})
    void beginAt_everyMaximumAge_leavesTheRetryBudget(int days) {
        RotationPolicy policy =
                RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(days)).build();
        Duration budget = Duration.ofHours(Math.max(7 * 24, days * 24 / 5));
        Instant latest = PRIMARY_AT
                .plus(Duration.ofDays(days))
                .minus(policy.timing().get(TimingParameter.PUBLISH))
                .minus(budget);

        assertThat(begins(policy))
                .hasSizeGreaterThan(30)
                .allSatisfy(begin -> assertThat(begin).isBetween(PRIMARY_AT, latest));
    }

    private static Set<Instant> begins(RotationPolicy policy) {
        SecretVersion primary = SecretVersion.staged(1, new SecretVersion.Origin("creation", 1, 1), Optional.empty())
                .in(VersionState.PRIMARY)
                .stamped(Stamp.PRIMARY, PRIMARY_AT);
        Set<Instant> begins = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            begins.add(policy.beginAt(SecretName.of("secret-" + i), primary));
        }
        return begins;
    }

    // ---- single values

    @Test
    void duration_zeroWhereItMustBeAbove_isRefusedByItsMethod() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> self().refresh(Duration.ZERO))
                .withMessage("refresh (R) is not above zero: PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> self().staleness(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().lag(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().writeWindow(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().publishDelay(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().overlap(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().soak(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().trafficCycle(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().longestOutage(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> self().cachedKeyLife(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RotationPolicy.builder(SecretKind.SELF, Duration.ZERO))
                .withMessage("maxAge is not above zero: PT0S");
    }

    @Test
    void duration_negative_isRefusedByItsMethod() {
        Duration negative = Duration.ofSeconds(-1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> self().adoption(negative))
                .withMessage("ADOPTION (A) is negative: PT-1S");
        assertThatIllegalArgumentException().isThrownBy(() -> self().skew(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> self().lifetime(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> self().activation(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> self().revocation(negative));
    }

    @Test
    @SuppressWarnings("NullAway")
    void policy_withoutKind_isRefused() {
        assertThatNullPointerException().isThrownBy(() -> RotationPolicy.builder(null, MONTH));
    }
}
