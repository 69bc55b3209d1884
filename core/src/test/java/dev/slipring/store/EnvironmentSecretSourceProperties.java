package dev.slipring.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.Keyring;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.UsableVersion;
import dev.slipring.testing.FakeSecret;
import dev.slipring.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.statistics.Statistics;

/** Replicas of different deployments that run at one time, by clocks that differ by the skew at most. */
class EnvironmentSecretSourceProperties {
    private static final SecretName NAME = SecretName.of("session");
    private static final String OLD = "k7Qm2ZpX9vRtL4sWc8NdYb3HfJg6TuEa";
    private static final String NEW = "u5Gx1CwEr7ToIk0PqBzMn4VhDs9YaLf2";
    private static final Instant SWITCH = Instant.parse("2030-01-01T09:00:00Z");
    private static final Map<String, String> BEFORE = Map.of("KEY", OLD);
    private static final Map<String, String> BROUGHT =
            Map.of("KEY", OLD, "KEY_NEXT", NEW, "KEY_SWITCH_AT", SWITCH.toString());
    private static final Map<String, String> MOVED =
            Map.of("KEY", NEW, "KEY_PREVIOUS", OLD, "KEY_SWITCH_AT", SWITCH.toString());
    private static final Map<String, String> AFTER = Map.of("KEY", NEW);

    private static final long DAY = 24 * 3600;
    private static final long SKEW = 30;

    @Property
    void replicas_ofAnyDeploymentAtOneTime_acceptWhatEachProduces(
            @ForAll @LongRange(min = -DAY, max = 2 * DAY) long second,
            @ForAll @LongRange(min = 0, max = SKEW) long skew,
            @ForAll @LongRange(min = 2 * SKEW, max = DAY) long overlap) {
        Instant slow = SWITCH.plusSeconds(second);
        Instant fast = slow.plusSeconds(skew);
        Timing timing = timing(overlap);
        List<Keyring> replicas = new ArrayList<>();
        for (Instant now : List.of(slow, fast)) {
            deployed(slow, fast, overlap).forEach(environment -> replicas.add(load(environment, timing, now)));
        }
        Statistics.collect(
                fast.isBefore(SWITCH) ? "ahead" : slow.isBefore(SWITCH.plusSeconds(overlap)) ? "overlap" : "over");
        for (Keyring producer : replicas) {
            assertThat(producer.accepted())
                    .filteredOn(version -> version.version().state().produces())
                    .hasSize(1);
            for (Keyring acceptor : replicas) {
                assertThat(acceptor.accepted())
                        .extracting(UsableVersion::value)
                        .contains(producer.primary().value());
            }
        }
    }

    @Property
    void replicas_ofBothSpellings_seeOneEditionThatNeverGoesBack(
            @ForAll @LongRange(min = -DAY, max = 2 * DAY) long second,
            @ForAll @LongRange(min = 0, max = DAY) long later,
            @ForAll @LongRange(min = 2 * SKEW, max = DAY) long overlap) {
        Timing timing = timing(overlap);
        Keyring brought = load(BROUGHT, timing, SWITCH.plusSeconds(second));
        Keyring moved = load(MOVED, timing, SWITCH.plusSeconds(second));
        Keyring next = load(MOVED, timing, SWITCH.plusSeconds(second + later));
        assertThat(moved.edition()).isEqualTo(brought.edition());
        assertThat(moved.primary().number()).isEqualTo(brought.primary().number());
        assertThat(moved.primary().value()).isEqualTo(brought.primary().value());
        assertThat(next.edition()).isGreaterThanOrEqualTo(moved.edition());
        assertThat(next.edition().equals(moved.edition()))
                .isEqualTo(states(next).equals(states(moved)));
    }

    /** The deployments that may run while the clocks stand between {@code slow} and {@code fast}. */
    private static List<Map<String, String>> deployed(Instant slow, Instant fast, long overlap) {
        if (fast.isBefore(SWITCH)) {
            return List.of(BEFORE, BROUGHT, MOVED);
        }
        return slow.isBefore(SWITCH.plusSeconds(overlap)) ? List.of(BROUGHT, MOVED) : List.of(BROUGHT, MOVED, AFTER);
    }

    private static List<String> states(Keyring ring) {
        return ring.versions().stream().map(version -> version.state().name()).toList();
    }

    private static Timing timing(long overlap) {
        Map<TimingParameter, Duration> values =
                new EnumMap<>(FakeSecret.timing().values());
        values.put(TimingParameter.OVERLAP, Duration.ofSeconds(overlap));
        return new Timing(values);
    }

    private static Keyring load(Map<String, String> environment, Timing timing, Instant now) {
        EnvironmentSecretSource source = EnvironmentSecretSource.builder(environment)
                .secret(NAME, "KEY", timing)
                .clock(ManualClock.at(now))
                .build();
        return KeyringReader.of(source, NAME).load(null);
    }
}
