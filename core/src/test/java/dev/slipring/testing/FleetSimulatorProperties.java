package dev.slipring.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.TimingParameter;
import dev.slipring.rotation.Install;
import dev.slipring.rotation.IssuerTraits;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.SecretKind;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** Random policies, about half of them a little short of what is safe. */
class FleetSimulatorProperties {
    private static final long CYCLE = 10;

    /** How old a view may be, in seconds; L is R and {@code more}. */
    record Views(long refresh, long more, long lag, long adoption, long skew) {
        long horizon() {
            return lag + refresh + more + adoption + 2 * skew;
        }
    }

    /** The bounds in seconds beyond the least that is safe; negative ones are unsafe. */
    record Spare(long publish, long overlap, long soak) {}

    record Knobs(SecretKind kind, Views views, long life, Spare spare) {
        boolean safe() {
            boolean enough = kind == SecretKind.OUTBOUND || spare.publish >= 0;
            return enough
                    && spare.overlap >= 0
                    && spare.soak >= 0
                    && 3 * views.refresh <= Math.min(publish(), overlap());
        }

        long publish() {
            return Math.max(1, views.horizon() + spare.publish);
        }

        long overlap() {
            return Math.max(1, views.horizon() + life + spare.overlap);
        }

        long soak() {
            return Math.max(1, views.horizon() + CYCLE + spare.soak);
        }

        RotationPolicy build() {
            return RotationPolicy.builder(kind, Duration.ofDays(90))
                    .refresh(Duration.ofSeconds(views.refresh))
                    .staleness(Duration.ofSeconds(views.refresh + views.more))
                    .lag(Duration.ofSeconds(views.lag))
                    .writeWindow(Duration.ofSeconds(views.lag).dividedBy(2))
                    .adoption(Duration.ofSeconds(views.adoption))
                    .skew(Duration.ofSeconds(views.skew))
                    .lifetime(Duration.ofSeconds(life))
                    .publishDelay(Duration.ofSeconds(publish()))
                    .overlap(Duration.ofSeconds(overlap()))
                    .soak(Duration.ofSeconds(soak()))
                    .longestOutage(Duration.ofSeconds(1))
                    .trafficCycle(Duration.ofSeconds(CYCLE))
                    .build();
        }
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void policy_ofRandomDurations_isRefusedOrSafe(@ForAll("knobs") Knobs knobs, @ForAll long seed) {
        Statistics.label("safe")
                .collect(knobs.safe())
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 25 && share < 75));
        if (!knobs.safe()) {
            assertThatThrownBy(knobs::build).hasMessageStartingWith("unsafe policy: ");
            return;
        }
        FleetReport report =
                simulator(knobs.build()).seed(seed).replicas(4).rotations(5).run();

        assertThat(report.violations()).isEmpty();
        assertThat(report.rotations().completed()).isEqualTo(5);
    }

    private static FleetSimulator.Builder simulator(RotationPolicy policy) {
        FleetSimulator.Builder fleet = FleetSimulator.builder(policy);
        Duration life = policy.timing().get(TimingParameter.LIFETIME);
        return switch (policy.kind()) {
            case SELF -> fleet.workload(Workload.stamped(life));
            case OUTBOUND -> fleet.issuer(probed(Install.BEFORE_PUBLISH)).workload(Workload.presented());
            case INBOUND -> fleet.issuer(probed(Install.AFTER_PUBLISH_DELAY)).workload(Workload.received(life));
        };
    }

    private static IssuerTraits probed(Install install) {
        return new IssuerTraits(install, List.of(), true, false, Duration.ofSeconds(30));
    }

    @Provide
    Arbitrary<Knobs> knobs() {
        Arbitrary<Views> views = Combinators.combine(
                        seconds(1, 30), seconds(0, 90), seconds(1, 10), seconds(0, 20), seconds(0, 10))
                .as(Views::new);
        Arbitrary<Long> spare = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just(0L)), Tuple.of(2, seconds(0, 60)), Tuple.of(1, seconds(-30, -1)));
        return Combinators.combine(
                        Arbitraries.of(SecretKind.class),
                        views,
                        seconds(1, 120),
                        Combinators.combine(spare, spare, spare).as(Spare::new))
                .as(Knobs::new);
    }

    private static Arbitrary<Long> seconds(long least, long most) {
        return Arbitraries.longs().between(least, most);
    }
}
