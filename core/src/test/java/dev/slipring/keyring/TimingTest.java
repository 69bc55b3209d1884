package dev.slipring.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.testing.FakeSecret;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimingTest {
    @ParameterizedTest
    @EnumSource(TimingParameter.class)
    void timing_withoutAParameter_isRefusedByNameAndLetter(TimingParameter parameter) {
        Map<TimingParameter, Duration> values = values();
        values.remove(parameter);
        assertThatThrownBy(() -> new Timing(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(parameter.name())
                .hasMessageContaining("(" + parameter.letter() + ")");
    }

    @ParameterizedTest
    @EnumSource(TimingParameter.class)
    void timing_withANegativeDuration_isRefusedByNameAndValue(TimingParameter parameter) {
        Map<TimingParameter, Duration> values = values();
        values.put(parameter, Duration.ofNanos(-1));
        assertThatThrownBy(() -> new Timing(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(parameter.name())
                .hasMessageContaining("PT-0.000000001S");
    }

    @Test
    void timing_mapChangedAfterwards_keepsItsOwnValues() {
        Map<TimingParameter, Duration> values = values();
        Timing timing = new Timing(values);
        values.clear();
        assertThat(timing.get(TimingParameter.REFRESH)).isEqualTo(Duration.ofSeconds(60));
        assertThatThrownBy(() -> timing.values().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void letters_areDistinct() {
        assertThat(Arrays.stream(TimingParameter.values()).map(TimingParameter::letter))
                .doesNotHaveDuplicates();
    }

    @Test
    void horizon_ofTheDefaults_isLagPlusStalenessPlusAdoptionPlusTwoSkews() {
        // D 10 s + L 15 min + A 30 s + 2 x e 30 s
        assertThat(FakeSecret.timing().horizon()).isEqualTo(Duration.ofSeconds(10 + 900 + 30 + 60));
    }

    @Test
    void horizon_refreshAboveStaleness_takesTheLarger() {
        Map<TimingParameter, Duration> values = values();
        values.put(TimingParameter.REFRESH, Duration.ofHours(1));
        assertThat(new Timing(values).horizon()).isEqualTo(Duration.ofSeconds(10 + 3600 + 30 + 60));
    }

    @Test
    void refresh_zero_isRefused() {
        Map<TimingParameter, Duration> values = values();
        values.put(TimingParameter.REFRESH, Duration.ZERO);
        assertThatThrownBy(() -> new Timing(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(R)");
    }

    @Test
    void anyParameter_overTenYears_isRefused() {
        Map<TimingParameter, Duration> values = values();
        values.put(TimingParameter.SOAK, Timing.LONGEST.plusNanos(1));
        assertThatThrownBy(() -> new Timing(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(W)");
    }

    @Property
    void raisedTo_anyTwo_isTheSmallestThatIsNotBelowEither(
            @ForAll @LongRange(min = 1, max = 1 << 30) long a, @ForAll @LongRange(min = 1, max = 1 << 30) long b) {
        Map<TimingParameter, Duration> left = new EnumMap<>(TimingParameter.class);
        Map<TimingParameter, Duration> right = new EnumMap<>(TimingParameter.class);
        for (TimingParameter parameter : TimingParameter.values()) {
            left.put(parameter, Duration.ofMillis(parameter.ordinal() % 2 == 0 ? a : b));
            right.put(parameter, Duration.ofMillis(parameter.ordinal() % 2 == 0 ? b : a));
        }
        Timing raised = new Timing(left).raisedTo(new Timing(right));
        assertThat(raised).isEqualTo(Keyrings.timing(Duration.ofMillis(Math.max(a, b))));
        assertThat(raised).isEqualTo(new Timing(right).raisedTo(new Timing(left)));
        assertThat(raised.raisedTo(new Timing(left))).isEqualTo(raised);
    }

    private static Map<TimingParameter, Duration> values() {
        return new EnumMap<>(FakeSecret.timing().values());
    }
}
