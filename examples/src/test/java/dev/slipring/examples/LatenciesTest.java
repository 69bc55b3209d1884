package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.examples.Latencies.Percentiles;
import dev.slipring.examples.Latencies.Sample;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LatenciesTest {
    private static final long MILLI = 1_000_000;

    @Test
    void percentiles_ofAThousandDurations_areThoseOfTheirRank() {
        long[] durations =
                LongStream.rangeClosed(1, 1000).map(i -> (1001 - i) * MILLI).toArray();

        assertThat(Percentiles.of(durations)).isEqualTo(new Percentiles(1000, 500, 990, 999, 1000));
    }

    @Test
    void percentiles_ofOneAndOfNone_areDefined() {
        assertThat(Percentiles.of(3 * MILLI)).isEqualTo(new Percentiles(1, 3, 3, 3, 3));
        assertThat(Percentiles.of()).isEqualTo(new Percentiles(0, 0, 0, 0, 0));
    }

    @Test
    void slices_leaveOutLongTransactionsAndEmptySlices() {
        Latencies latencies = new Latencies();
        latencies.add(new Sample(100, 5 * MILLI, false, false));
        latencies.add(new Sample(400, 7 * MILLI, false, false));
        latencies.add(new Sample(450, 2000 * MILLI, true, false));
        latencies.add(new Sample(1600, 9 * MILLI, false, true));

        assertThat(latencies.slices(500))
                .containsExactly(
                        new Latencies.Slice(0, new Percentiles(2, 5, 7, 7, 7)),
                        new Latencies.Slice(1500, new Percentiles(1, 9, 9, 9, 9)));
    }

    @Test
    void percentiles_ofASelection_seeNothingElse() {
        Latencies latencies = new Latencies();
        latencies.add(new Sample(0, 5 * MILLI, false, false));
        latencies.add(new Sample(0, 9 * MILLI, false, true));

        assertThat(latencies.percentiles(Sample::rotating).max()).isEqualTo(9);
    }
}
