package dev.slipring.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.Phase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fleets under policies as tight as one gets, P = g and O = g + T; and what happens to them one millisecond beyond. */
class FleetSimulatorTest {
    private static final Duration TICK = Duration.ofMillis(1);
    private static final Duration LIFE = Duration.ofHours(1);
    private static final RotationPolicy SESSIONS = tight(SecretKind.SELF, Duration.ofSeconds(30));
    private static final RotationPolicy ONE_CLOCK = tight(SecretKind.SELF, Duration.ZERO);

    private static final IssuerTraits TWO_LOGINS =
            new IssuerTraits(Install.BEFORE_PUBLISH, List.of("a", "b"), true, true, Duration.ofMinutes(2));
    private static final IssuerTraits API =
            new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), true, false, Duration.ofSeconds(30));
    private static final IssuerTraits SENDER =
            new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), true, false, Duration.ofSeconds(30));

    @Test
    void sessions_inAFleetOfFiftyThroughTenRotations_areNeverRejected() {
        FleetReport report = FleetSimulator.builder(SESSIONS)
                .seed(2)
                .replicas(50)
                .rotations(10)
                .items(1_000_000)
                .run();

        System.out.println(report);
        assertThat(report.violations()).isEmpty();
        assertThat(report.work().falseRejects()).isZero();
        assertThat(report.rotations().completed()).isEqualTo(10);
        assertThat(report.rotations().rolledBack()).isPositive();
        assertThat(report.rotations().aborted()).isPositive();
        assertThat(report.work().produced()).isGreaterThan(1_000_000);
        assertThat(report.work().outlived())
                .as("sessions outliving two promotions")
                .isPositive();
        for (Phase phase : Phase.values()) {
            Collection<Long> made =
                    report.work().producers().getOrDefault(phase, Map.of()).values();
            assertThat(made).as("replicas at work in phase %s", phase).hasSize(50);
        }
        assertThat(report.trouble().leftBehind()).isGreaterThan(100);
        assertThat(report.trouble().oldestView()).isEqualTo(SESSIONS.timing().get(TimingParameter.STALENESS));
        assertThat(report.trouble().killed()).isPositive();
        assertThat(report.trouble().storeFailures()).isPositive();
        assertThat(report.trouble().lostReplies()).isPositive();
        assertThat(report.trouble().issuerTimeouts()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void replicas_thatReport_areWaitedForAndHoldNothingUp(int seed) {
        FleetReport report =
                FleetSimulator.builder(SESSIONS).seed(seed).reporting().run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(10);
    }

    /** Where replicas report, even an overlap that ends too early takes nothing away from them. */
    @Test
    void revocation_beforeOIsOver_waitsForReplicasThatReport() {
        for (int seed = 0; seed < 10; seed++) {
            FleetReport report = FleetSimulator.builder(SESSIONS)
                    .seed(seed)
                    .reporting()
                    .reality(Reality.worstOf(SESSIONS).revokingEarly(TICK))
                    .run();

            assertThat(report.violations()).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void report_ofOneSeed_isTheSameAgain() {
        FleetSimulator simulator = FleetSimulator.builder(SESSIONS).seed(7).build();

        FleetReport first = simulator.run();

        assertThat(simulator.run()).isEqualTo(first);
        assertThat(FleetSimulator.builder(SESSIONS).seed(8).run()).isNotEqualTo(first);
    }

    @Test
    void promotion_oneTickBeforePIsOver_locksSomebodyOut() {
        Reality reality = Reality.worstOf(ONE_CLOCK).promotingEarly(TICK);

        assertThat(counterexample(
                        "P - 1 tick", FleetSimulator.builder(ONE_CLOCK).reality(reality)))
                .startsWith("NoEarlyUse");
    }

    @Test
    void revocation_oneTickBeforeOIsOver_locksSomebodyOut() {
        Reality reality = Reality.worstOf(SESSIONS).revokingEarly(TICK);

        assertThat(counterexample("O - 1 tick", FleetSimulator.builder(SESSIONS).reality(reality)))
                .startsWith("NoRevokeInUse");
    }

    @Test
    void replicas_thatWorkOnOneTickLongerThanL_lockSomebodyOut() {
        Duration longer = ONE_CLOCK.timing().get(TimingParameter.STALENESS).plus(TICK);
        Reality reality = Reality.worstOf(ONE_CLOCK).staleness(longer);

        assertThat(counterexample(
                        "L underestimated by 1 tick",
                        FleetSimulator.builder(ONE_CLOCK).reality(reality)))
                .startsWith("No");
    }

    /** A replica that has not heard of the readmission takes what the old version makes now for made too late. */
    @Test
    void swap_oneTickBeforeEveryReplicaKnows_locksSomebodyOut() {
        Reality reality = Reality.worstOf(ONE_CLOCK).swappingEarly(TICK);

        assertThat(counterexample(
                        "swap 1 tick early", FleetSimulator.builder(ONE_CLOCK).reality(reality)))
                .startsWith("NoEarlyUse");
    }

    /** What an acknowledged rollback could do with is not enough for one without acknowledgements. */
    @Test
    void swap_afterLagRefreshAndAdoptionOnly_locksSomebodyOut() {
        Timing timing = SESSIONS.timing();
        Duration left = timing.get(TimingParameter.LAG)
                .plus(timing.get(TimingParameter.REFRESH))
                .plus(timing.get(TimingParameter.ADOPTION));
        Reality reality =
                Reality.worstOf(SESSIONS).swappingEarly(timing.horizon().minus(left));

        assertThat(counterexample(
                        "swap after D + R + A", FleetSimulator.builder(SESSIONS).reality(reality)))
                .startsWith("NoEarlyUse");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 900, 960})
    void promotion_beforeEveryLiveReplicaAccepts_locksSomebodyOut(int seconds) {
        Duration early = SESSIONS.timing().get(TimingParameter.PUBLISH).minusSeconds(seconds);
        Reality reality = Reality.worstOf(SESSIONS).promotingEarly(early);

        FleetReport report =
                FleetSimulator.builder(SESSIONS).seed(1).reality(reality).run();

        assertThat(report.violations().get(0)).startsWith("NoEarlyUse");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void alternatingLogins_throughRotations_workAllTheTime(int seed) {
        FleetReport report = FleetSimulator.builder(tight(SecretKind.OUTBOUND, Duration.ofSeconds(30)))
                .seed(seed)
                .issuer(TWO_LOGINS)
                .workload(Workload.presented())
                .run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(10);
        assertThat(report.trouble().issuerTimeouts()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void apiKeys_throughRotations_workAllTheTime(int seed) {
        FleetReport report = FleetSimulator.builder(tight(SecretKind.OUTBOUND, Duration.ofSeconds(30)))
                .seed(seed)
                .issuer(API)
                .workload(Workload.presented())
                .run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(10);
    }

    @Test
    void apiKey_revokedOneTickBeforeOIsOver_isStillInUse() {
        RotationPolicy policy = RotationPolicy.builder(SecretKind.OUTBOUND, Duration.ofDays(90))
                .skew(Duration.ZERO)
                .longestOutage(Duration.ofMinutes(1))
                .overlap(ONE_CLOCK.timing().horizon())
                .build();
        Reality reality = Reality.worstOf(policy).revokingEarly(TICK);

        FleetSimulator.Builder keys = FleetSimulator.builder(policy)
                .issuer(API)
                .workload(Workload.presented())
                .reality(reality);

        assertThat(counterexample("O - 1 tick for an API key", keys)).startsWith("NoRevokeInUse");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void webhooks_throughRotations_areAllReceived(int seed) {
        FleetReport report = FleetSimulator.builder(tight(SecretKind.INBOUND, Duration.ofSeconds(30)))
                .seed(seed)
                .issuer(SENDER)
                .workload(Workload.received(LIFE))
                .run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(10);
    }

    @Test
    void replicas_killedAtEveryMoment_leaveNobodyLockedOut() {
        Set<String> moments = new TreeSet<>();
        for (int seed = 0; seed < 10; seed++) {
            FleetReport report = FleetSimulator.builder(tight(SecretKind.OUTBOUND, Duration.ofSeconds(30)))
                    .seed(seed)
                    .replicas(4)
                    .issuer(TWO_LOGINS)
                    .workload(Workload.presented())
                    .faults(new Faults(0.2, 0.1, 0.1, 0.1))
                    .run();
            assertThat(report.violations()).as("seed %d", seed).isEmpty();
            moments.addAll(report.trouble().crashes().keySet());
        }
        for (Phase phase : Phase.values()) {
            assertThat(moments).contains(phase + " before compareAndSet", phase + " after compareAndSet");
        }
        for (String call : List.of("putValueIfAbsent", "mint", "install", "probe", "use", "revoke", "eraseValue")) {
            assertThat(moments).anyMatch(m -> m.endsWith("before " + call)).anyMatch(m -> m.endsWith("after " + call));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "0, 1", "2, 0"})
    void builder_tooSmall_isRefused(int replicas, int rotations) {
        FleetSimulator.Builder builder = FleetSimulator.builder(SESSIONS);

        assertThatThrownBy(() -> builder.replicas(replicas).rotations(rotations))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What the first of a fixed set of seeds finds; printed, so that a person can follow it. */
    private static String counterexample(String violation, FleetSimulator.Builder fleet) {
        for (int seed = 0; seed < 40; seed++) {
            FleetReport report = fleet.seed(seed).run();
            if (!report.safe()) {
                String first = report.violations().get(0);
                System.out.println(violation + ", seed " + seed + ": " + first);
                return first;
            }
        }
        throw new AssertionError(violation + ": no seed finds anything");
    }

    private static RotationPolicy tight(SecretKind kind, Duration skew) {
        Duration g = Duration.ofSeconds(940).plus(skew.multipliedBy(2));
        RotationPolicy policy = RotationPolicy.builder(kind, Duration.ofDays(90))
                .skew(skew)
                .publishDelay(g)
                .lifetime(LIFE)
                .longestOutage(Duration.ofMinutes(1))
                .trafficCycle(Duration.ofMinutes(1))
                .build();
        assertThat(policy.timing().horizon()).isEqualTo(g);
        assertThat(policy.timing().get(TimingParameter.OVERLAP)).isEqualTo(g.plus(LIFE));
        return policy;
    }
}
