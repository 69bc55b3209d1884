package dev.slipring.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

class RotationPolicyProperties {
    private static final long WEEK = 7 * 24 * 3600;

    /** Seconds for each knob; an empty one is left to its default. */
    record Knobs(
            SecretKind kind,
            long maxAge,
            Optional<Long> r,
            Optional<Long> l,
            Optional<Long> d,
            Optional<Long> c,
            Optional<Long> p,
            Optional<Long> o,
            Optional<Long> w,
            Durations more) {

        RotationPolicy build() {
            RotationPolicy.Builder builder = RotationPolicy.builder(kind, Duration.ofSeconds(maxAge));
            set(builder, r, RotationPolicy.Builder::refresh);
            set(builder, l, RotationPolicy.Builder::staleness);
            set(builder, d, RotationPolicy.Builder::lag);
            set(builder, c, RotationPolicy.Builder::writeWindow);
            set(builder, p, RotationPolicy.Builder::publishDelay);
            set(builder, o, RotationPolicy.Builder::overlap);
            set(builder, w, RotationPolicy.Builder::soak);
            return builder.adoption(Duration.ofSeconds(more.a))
                    .skew(Duration.ofSeconds(more.e))
                    .lifetime(Duration.ofSeconds(more.t))
                    .activation(Duration.ofSeconds(more.v))
                    .revocation(Duration.ofSeconds(more.x))
                    .longestOutage(Duration.ofSeconds(more.outage))
                    .trafficCycle(Duration.ofSeconds(more.cycle))
                    .build();
        }

        private static void set(
                RotationPolicy.Builder builder,
                Optional<Long> value,
                BiConsumer<RotationPolicy.Builder, Duration> knob) {
            value.ifPresent(seconds -> knob.accept(builder, Duration.ofSeconds(seconds)));
        }
    }

    /** The knobs that have no bound of their own. */
    record Durations(long a, long e, long t, long v, long x, long outage, long cycle) {}

    /** The inequalities of the protocol, written a second time in whole seconds. */
    private static boolean safe(Knobs k) {
        long r = k.r.orElse(60L);
        long l = k.l.orElse(900L);
        long d = k.d.orElse(10L);
        long c = k.c.orElse(5L);
        long g = d + Math.max(r, l) + k.more.a + 2 * k.more.e;
        long p = k.p.orElse(Math.max(1200, g));
        long usual = k.more.t == 0 ? 24 * 3600 : 0;
        long o = k.o.orElse(
                LongStream.of(usual, k.more.outage, g + k.more.t).max().orElseThrow());
        long leastSoak = Math.max(k.more.x, g) + k.more.cycle;
        long w = k.w.orElse(leastSoak);
        double budget = Math.max(WEEK, 0.2 * k.maxAge);
        return l >= r
                && c < d
                && p >= (k.kind == SecretKind.OUTBOUND ? k.more.v : g)
                && o >= g + k.more.t
                && o >= k.more.outage
                && w >= leastSoak
                && 3 * r <= Math.min(p, o)
                && k.maxAge > p + budget;
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void policy_ofRandomDurations_buildsIfAndOnlyIfTheyAreSafe(@ForAll("knobs") Knobs knobs) {
        boolean built;
        try {
            RotationPolicy policy = knobs.build();
            built = true;
            assertThat(policy.beginAfter()).isPositive();
        } catch (IllegalArgumentException e) {
            built = false;
            assertThat(e).hasMessageStartingWith("unsafe policy: ");
        }
        assertThat(built).isEqualTo(safe(knobs));
        Statistics.label("built").collect(built).coverage(coverage -> {
            coverage.check(true).percentage(share -> share > 5);
            coverage.check(false).percentage(share -> share > 5);
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void mended_timingsOfTwoSafePolicies_areSafeAgain(
            @ForAll("safeKnobs") Knobs one, @ForAll("safeKnobs") Knobs other) {
        Timing larger = one.build().timing().raisedTo(other.build().timing());
        Timing mended = Inequalities.mended(one.kind, larger);

        Duration g = mended.horizon();
        Duration least = one.kind == SecretKind.OUTBOUND ? mended.get(TimingParameter.ACTIVATION) : g;
        assertThat(mended.get(TimingParameter.PUBLISH)).isGreaterThanOrEqualTo(least);
        assertThat(mended.get(TimingParameter.OVERLAP))
                .isGreaterThanOrEqualTo(g.plus(mended.get(TimingParameter.LIFETIME)));
        assertThat(mended.get(TimingParameter.SOAK))
                .isGreaterThanOrEqualTo(g)
                .isGreaterThanOrEqualTo(mended.get(TimingParameter.REVOCATION));
        assertThat(larger.raisedTo(mended)).as("mending only grows").isEqualTo(mended);
        assertThat(Inequalities.mended(one.kind, mended)).as("once is enough").isEqualTo(mended);
    }

    @Provide
    Arbitrary<Knobs> knobs() {
        Arbitrary<Durations> more = Combinators.combine(
                        seconds(0, 120),
                        seconds(0, 60),
                        Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(0L)), Tuple.of(2, seconds(0, 50_000))),
                        seconds(0, 3000),
                        seconds(0, 9000),
                        seconds(1, 90_000),
                        seconds(1, 90_000))
                .as(Durations::new);
        Arbitrary<Knobs> first = Combinators.combine(
                        Arbitraries.of(SecretKind.class),
                        seconds(WEEK, 10 * WEEK),
                        maybe(1, 500),
                        maybe(1, 3000),
                        maybe(1, 60),
                        maybe(1, 20),
                        maybe(1, 5000),
                        maybe(1, 200_000))
                .as((kind, age, r, l, d, c, p, o) ->
                        new Knobs(kind, age, r, l, d, c, p, o, Optional.empty(), new Durations(0, 0, 0, 0, 0, 1, 1)));
        return Combinators.combine(first, maybe(1, 200_000), more)
                .as((k, w, rest) -> new Knobs(k.kind, k.maxAge, k.r, k.l, k.d, k.c, k.p, k.o, w, rest));
    }

    @Provide
    Arbitrary<Knobs> safeKnobs() {
        return knobs().filter(RotationPolicyProperties::safe);
    }

    private static Arbitrary<Long> seconds(long least, long most) {
        return Arbitraries.longs().between(least, most);
    }

    private static Arbitrary<Optional<Long>> maybe(long least, long most) {
        return seconds(least, most).optional(0.4);
    }
}
