package dev.slipring.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MeasuresTest {
    private final Measures measures = new Measures();
    private final AtomicInteger changes = new AtomicInteger();

    @Test
    void measures_ofOneNameAndTags_areSummed_andACountNeverFalls() {
        RotatingSecret.Subscription first = measures.add(Measure.counter("tokens", Map.of("result", "ok"), () -> 3));
        measures.add(Measure.counter("tokens", Map.of("result", "ok"), () -> 4));
        measures.add(Measure.counter("tokens", Map.of("result", "bad"), () -> 1));
        assertThat(value("tokens", Map.of("result", "ok"))).isEqualTo(7);
        first.close();
        first.close();
        assertThat(value("tokens", Map.of("result", "ok"))).isEqualTo(7);
        assertThat(value("tokens", Map.of("result", "bad"))).isEqualTo(1);
    }

    @Test
    void gauge_thatIsGivenUp_isGone() {
        RotatingSecret.Subscription open = measures.add(Measure.gauge("open", Map.of(), () -> 5));
        measures.add(Measure.gauge("open", Map.of(), () -> 2)).close();
        assertThat(value("open", Map.of())).isEqualTo(5);
        open.close();
        assertThat(measures.all()).isEmpty();
    }

    @Test
    void measure_ofAnotherTypeThanItsNamesake_isRefused() {
        measures.add(Measure.gauge("open", Map.of(), () -> 5));
        assertThatThrownBy(() -> measures.add(Measure.seconds("open", () -> 5)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(value("open", Map.of())).isEqualTo(5);
    }

    @Test
    void included_showsWhatThereIsLater_underItsTags_andStaysTheSame() {
        measures.onChange(changes::incrementAndGet);
        Measures part = new Measures();
        RotatingSecret.Subscription included = measures.include(part, Map.of("secret", "s"));
        TimedCount time = new TimedCount();
        part.add(Measure.timer("step", Map.of("step", "mint"), time));
        time.add(Duration.ofMillis(1500));
        Measure shown = measures.all().get(0);
        assertThat(shown.tags()).isEqualTo(Map.of("secret", "s", "step", "mint"));
        assertThat(shown.source().value()).isEqualTo(1.5);
        assertThat(shown.source().count()).isEqualTo(1);
        assertThat(measures.all()).containsExactly(shown);
        assertThat(changes).hasValue(2);
        included.close();
        assertThat(measures.all()).isEmpty();
        part.add(Measure.gauge("later", Map.of(), () -> 1));
        assertThat(changes).hasValue(3);
    }

    private double value(String name, Map<String, String> tags) {
        return measures.all().stream()
                .filter(measure -> measure.name().equals(name) && measure.tags().equals(tags))
                .mapToDouble(measure -> measure.source().value())
                .sum();
    }
}
