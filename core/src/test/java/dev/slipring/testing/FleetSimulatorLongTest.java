package dev.slipring.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rotations beyond counting: {@code ./mvnw -Plong test} runs these and no others. */
@Tag("long")
class FleetSimulatorLongTest {
    /** Many short lives of a secret: a record keeps every version there ever was. */
    private static final int ROTATIONS = 50;

    private static final int FLEETS = 500;

    /** Four times {@value #FLEETS} fleets with {@value #ROTATIONS} rotations each are 100 000. */
    enum Use {
        SESSIONS(SecretKind.SELF, IssuerTraits.NONE),
        LOGINS(
                SecretKind.OUTBOUND,
                new IssuerTraits(Install.BEFORE_PUBLISH, List.of("a", "b"), true, true, Duration.ofMinutes(2))),
        API_KEYS(
                SecretKind.OUTBOUND,
                new IssuerTraits(Install.BEFORE_PUBLISH, List.of(), true, false, Duration.ofSeconds(30))),
        WEBHOOKS(
                SecretKind.INBOUND,
                new IssuerTraits(Install.AFTER_PUBLISH_DELAY, List.of(), true, false, Duration.ofSeconds(30)));

        private final SecretKind kind;
        private final IssuerTraits traits;

        Use(SecretKind kind, IssuerTraits traits) {
            this.kind = kind;
            this.traits = traits;
        }

        FleetSimulator.Builder fleet() {
            RotationPolicy policy = RotationPolicy.builder(kind, Duration.ofDays(90))
                    .staleness(Duration.ofMinutes(5))
                    .publishDelay(Duration.ofSeconds(400))
                    .lifetime(kind == SecretKind.OUTBOUND ? Duration.ZERO : Duration.ofMinutes(10))
                    .overlap(Duration.ofSeconds(kind == SecretKind.OUTBOUND ? 400 : 1000))
                    .longestOutage(Duration.ofMinutes(1))
                    .trafficCycle(Duration.ofMinutes(1))
                    .build();
            Workload<?> workload = switch (kind) {
                case SELF -> Workload.stamped(policy.timing().get(TimingParameter.LIFETIME));
                case OUTBOUND -> Workload.presented();
                case INBOUND -> Workload.received(policy.timing().get(TimingParameter.LIFETIME));
            };
            return FleetSimulator.builder(policy).issuer(traits).workload(workload);
        }
    }

    @ParameterizedTest
    @EnumSource(Use.class)
    void fleets_throughTwentyFiveThousandRotations_lockNobodyOut(Use use) {
        long rotations = 0;
        long produced = 0;
        long killed = 0;
        for (int seed = 0; seed < FLEETS; seed++) {
            FleetReport report =
                    use.fleet().seed(seed).replicas(4).rotations(ROTATIONS).run();
            assertThat(report.violations()).as("%s, seed %d", use, seed).isEmpty();
            rotations += report.rotations().completed();
            produced += report.work().produced();
            killed += report.trouble().killed();
        }
        System.out.printf("%s: %d rotations, %d things made, %d replicas killed%n", use, rotations, produced, killed);
        assertThat(rotations).isEqualTo((long) FLEETS * ROTATIONS);
    }
}
