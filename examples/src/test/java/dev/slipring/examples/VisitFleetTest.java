package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.session.SessionSigner;
import dev.slipring.testing.FleetReport;
import dev.slipring.testing.FleetSimulator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Signer and encryptor together, in a fleet whose one secret rotates under the tightest policy there is. */
class VisitFleetTest {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final RotationPolicy POLICY = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(90))
            .retirement(Retirement.ON_CENSUS)
            .publishDelay(Duration.ofSeconds(1000))
            .lifetime(LIFE)
            .longestOutage(Duration.ofMinutes(1))
            .trafficCycle(Duration.ofMinutes(1))
            .cachedKeyLife(Duration.ofMinutes(1))
            .build();

    @Test
    void visitors_throughTenRotations_stayLoggedInAndReadTheirNotes() {
        VisitWorkload visits = new VisitWorkload(LIFE);

        FleetReport report = FleetSimulator.builder(POLICY)
                .issuer(SessionSigner.issuer())
                .workload(visits)
                .census(visits)
                .items(5_000)
                .run();

        System.out.println(report);
        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(10);
        assertThat(report.work().outlived()).isPositive();
        assertThat(report.steps().get("Done")).as("versions that went").isGreaterThan(5);
    }
}
