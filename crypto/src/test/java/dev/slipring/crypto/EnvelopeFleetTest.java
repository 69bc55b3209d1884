package dev.slipring.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.rotation.Census;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.Retirement;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import dev.slipring.store.InMemoryDataKeyStore;
import dev.slipring.testing.FleetReport;
import dev.slipring.testing.FleetSimulator;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Encryptors in a fleet whose key encryption key rotates, and retires when no row needs it any more. */
class EnvelopeFleetTest {
    private static final RotationPolicy POLICY = RotationPolicy.builder(SecretKind.SELF, Duration.ofDays(180))
            .retirement(Retirement.ON_CENSUS)
            .publishDelay(Duration.ofSeconds(1000))
            .overlap(Duration.ofSeconds(1000))
            .longestOutage(Duration.ofMinutes(1))
            .trafficCycle(Duration.ofMinutes(1))
            .cachedKeyLife(Duration.ofMinutes(1))
            .build();

    @Test
    void rows_throughTenRotations_openEverywhereAtEveryMoment() {
        EnvelopeWorkload table = EnvelopeWorkload.inline();
        assertRotates(run(table, table));
        assertThat(table.rewrapped()).isPositive();
    }

    @Test
    void rowsThatReferToSharedDataKeys_throughTenRotations_openEverywhereAtEveryMoment() {
        EnvelopeWorkload table = EnvelopeWorkload.referring(InMemoryDataKeyStore.create());
        assertRotates(run(table, table));
        assertThat(table.rewrapped()).isPositive();
    }

    @Test
    void dataKeys_leftUnderTheOldVersion_keepItFromGoing() {
        EnvelopeWorkload table = EnvelopeWorkload.leftAlone(InMemoryDataKeyStore.create());
        FleetReport report = run(table, table);
        assertThat(report.violations()).isEmpty();
        assertThat(report.steps().getOrDefault("Done", 0L))
                .as("versions that went, having wrapped nothing")
                .isLessThan(3);
        assertThat(table.rewrapped()).isZero();
    }

    @Test
    void census_thatOverlooksRows_losesThem() {
        for (EnvelopeWorkload table :
                List.of(EnvelopeWorkload.inline(), EnvelopeWorkload.leftAlone(InMemoryDataKeyStore.create()))) {
            FleetReport report = run(table, (secret, version) -> OptionalLong.of(0));
            assertThat(report.violations()).first().asString().startsWith("NoRevokeInUse");
        }
    }

    private static FleetReport run(EnvelopeWorkload table, Census census) {
        FleetReport report = FleetSimulator.builder(POLICY)
                .issuer(RandomIssuer.bytes(32))
                .workload(table)
                .census(census)
                .items(5_000)
                .run();
        System.out.println(report);
        return report;
    }

    private static void assertRotates(FleetReport report) {
        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(10);
        assertThat(report.steps().get("Done")).as("versions that went").isGreaterThan(5);
    }
}
