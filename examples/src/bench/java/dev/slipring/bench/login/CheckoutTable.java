package dev.slipring.bench.login;

import dev.slipring.bench.CpuTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@link CheckoutBenchmark} in a short form, its columns taking turns as those of the load do, as text. */
final class CheckoutTable {
    private static final int ROUNDS = 3;
    private static final String BASELINE = "hikari";
    private static final Map<String, String> NAMES = Map.of(
            BASELINE,
            "HikariCP alone",
            "spring",
            "Spring routing",
            "stable",
            "Slipring stable",
            "draining",
            "Slipring draining");
    private static final List<String> COLUMNS = List.of(BASELINE, "stable", "draining", "spring");
    private static final TimeValue ITERATION = TimeValue.milliseconds(500);

    private final Map<String, double[]> nanos = new HashMap<>();
    private final Map<String, double[]> bytes = new HashMap<>();

    private CheckoutTable() {}

    /** Runs the benchmark. */
    static CheckoutTable measured() throws RunnerException {
        CheckoutTable table = new CheckoutTable();
        for (int round = 0; round < ROUNDS; round++) {
            for (RunResult result : new Runner(options()).run()) {
                String from = result.getParams().getParam("from");
                String key = from + result.getParams().getThreads();
                table.nanos.computeIfAbsent(key, k -> new double[ROUNDS])[round] = of(result, "cpu");
                table.bytes.computeIfAbsent(key, k -> new double[ROUNDS])[round] = of(result, "gc.alloc.rate.norm");
            }
        }
        return table;
    }

    private static Options options() {
        return new OptionsBuilder()
                .include(CheckoutBenchmark.class.getName())
                .param("from", COLUMNS.toArray(String[]::new))
                .addProfiler(GCProfiler.class)
                .addProfiler(CpuTime.class)
                .forks(1)
                .warmupIterations(3)
                .warmupTime(ITERATION)
                .measurementIterations(3)
                .measurementTime(ITERATION)
                .verbosity(VerboseMode.SILENT)
                .build();
    }

    private static double of(RunResult result, String metric) {
        return result.getSecondaryResults().entrySet().stream()
                .filter(entry -> entry.getKey().replace("·", "").equals(metric))
                .mapToDouble(entry -> entry.getValue().getScore())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + metric));
    }

    String text() {
        TextTable table =
                new TextTable("", "limit", COLUMNS.stream().map(NAMES::get).toList());
        for (int threads = 1; threads <= 2; threads++) {
            String who = threads == 1 ? "1 thread, " : "2 threads, ";
            int t = threads;
            row(table, who + "ns", "", from -> median(nanos.get(from + t)), "%.1f");
            row(table, "  ratio", "1.05 / 1.10", from -> ratio(from, t), "%.2f");
            row(table, "  ns more", "60", from -> more(nanos, from, t), "%.1f");
            row(table, "  bytes more", "48", from -> more(bytes, from, t), "%.0f");
        }
        return String.format(Locale.ROOT, """
                getConnection() + close()
                Over a driver that does nothing and a pool of 10; CPU time of the threads that call. %d JVMs for each
                cell, in turn; medians. Limits: 1.05 where no drain is running, 1.10 and 48 B more in one, never more
                than 60 ns. In the drain each call gets a connection of the old login, which may not retire yet.

                """, ROUNDS) + table.text();
    }

    private double ratio(String from, int threads) {
        double[] mine = nanos.get(from + threads);
        double[] baseline = nanos.get(BASELINE + threads);
        double[] ratios = new double[ROUNDS];
        Arrays.setAll(ratios, i -> mine[i] / baseline[i]);
        return median(ratios);
    }

    private static double more(Map<String, double[]> of, String from, int threads) {
        return median(of.get(from + threads)) - median(of.get(BASELINE + threads));
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    private interface Cell {
        double of(String from);
    }

    private static void row(TextTable table, String label, String limit, Cell cell, String format) {
        List<String> cells = new ArrayList<>();
        COLUMNS.forEach(from -> cells.add(String.format(Locale.ROOT, format, cell.of(from))));
        table.row(label, limit, cells);
    }
}
