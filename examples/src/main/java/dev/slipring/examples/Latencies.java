package dev.slipring.examples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** How long each request took; every one is kept, so percentiles are exact. Safe for use by several threads. */
final class Latencies {
    private final ConcurrentLinkedQueue<Sample> samples = new ConcurrentLinkedQueue<>();

    /**
     * One request that was answered as it should be.
     *
     * @param at milliseconds since the run began, when it was sent
     * @param nanos how long its answer took
     * @param longTransaction whether it asked for a transaction of two seconds
     * @param rotating whether a rotation was under way when it was sent
     */
    record Sample(long at, long nanos, boolean longTransaction, boolean rotating) {}

    /**
     * Durations by rank, in milliseconds.
     *
     * @param count of how many requests
     */
    record Percentiles(int count, double p50, double p99, double p999, double max) {
        private static final double NANOS = 1e6;

        /** The percentiles of {@code nanos}; all are zero if there are none. */
        static Percentiles of(long... nanos) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return new Percentiles(sorted.length, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999), at(sorted, 1));
        }

        /** The smallest value that is not below the share {@code rank} of all. */
        private static double at(long[] sorted, double rank) {
            if (sorted.length == 0) {
                return 0;
            }
            int index = (int) Math.ceil(rank * sorted.length) - 1;
            return sorted[Math.max(0, index)] / NANOS;
        }
    }

    /**
     * The percentiles of the short requests sent within one slice of time.
     *
     * @param from its beginning, milliseconds since the run began
     */
    record Slice(long from, Percentiles percentiles) {}

    void add(Sample sample) {
        samples.add(sample);
    }

    /** The percentiles of those that {@code which} selects. */
    Percentiles percentiles(Predicate<Sample> which) {
        return Percentiles.of(
                samples.stream().filter(which).mapToLong(Sample::nanos).toArray());
    }

    /** The short requests of each {@code width} milliseconds, without empty slices. */
    List<Slice> slices(long width) {
        List<List<Sample>> slots = new ArrayList<>();
        for (Sample sample : samples) {
            int slot = (int) (sample.at / width);
            while (slots.size() <= slot) {
                slots.add(new ArrayList<>());
            }
            if (!sample.longTransaction) {
                slots.get(slot).add(sample);
            }
        }
        List<Slice> slices = new ArrayList<>();
        for (int slot = 0; slot < slots.size(); slot++) {
            if (!slots.get(slot).isEmpty()) {
                slices.add(new Slice(
                        slot * width,
                        Percentiles.of(slots.get(slot).stream()
                                .mapToLong(Sample::nanos)
                                .toArray())));
            }
        }
        return slices;
    }
}
