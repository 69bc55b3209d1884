package dev.slipring.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.testing.FleetReport;
import dev.slipring.testing.FleetSimulator;
import dev.slipring.testing.Reality;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Signers in a fleet that rotates under the tightest policy there is. */
class SessionFleetTest {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final RotationPolicy POLICY = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
            .publishDelay(Duration.ofSeconds(1000))
            .lifetime(LIFE)
            .longestOutage(Duration.ofMinutes(1))
            .trafficCycle(Duration.ofMinutes(1))
            .build();

    @Test
    void sessions_throughTenRotations_logNobodyOut() {
        FleetReport report = fleet().replicas(20).rotations(10).items(40_000).run();

        System.out.println(report);
        assertThat(report.violations()).isEmpty();
        assertThat(report.work().produced()).isGreaterThan(40_000);
        assertThat(report.work().outlived()).isPositive();
        assertThat(report.rotations().rolledBack()).isPositive();
    }

    /** Two seconds, since tokens count whole ones. */
    @Test
    void revocation_twoSecondsBeforeTheOverlapIsOver_logsSomebodyOut() {
        Reality reality = Reality.worstOf(POLICY).revokingEarly(Duration.ofSeconds(2));

        FleetReport found = IntStream.range(0, 40)
                .mapToObj(seed -> fleet().seed(seed).reality(reality).run())
                .filter(report -> !report.safe())
                .findFirst()
                .orElseThrow();

        assertThat(found.violations().get(0)).startsWith("NoRevokeInUse").endsWith("UNKNOWN_KEY");
    }

    private static FleetSimulator.Builder fleet() {
        return FleetSimulator.builder(POLICY).issuer(SessionSigner.issuer()).workload(new SessionWorkload(LIFE));
    }
}
