package dev.slipring.examples;

import dev.slipring.examples.Latencies.Percentiles;
import dev.slipring.examples.Latencies.Slice;
import dev.slipring.examples.Sampler.Connections;
import dev.slipring.examples.Timeline.Change;
import dev.slipring.keyring.VersionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Draws what became of each version, and beneath, on the same time axis, how long requests took and which login the
 * server's connections had. Not thread-safe.
 */
final class TimelineChart {
    private static final int WIDTH = 1120;
    private static final int LEFT = 118;
    private static final int RIGHT = 14;
    private static final int ROW = 21;
    private static final int BAR = 15;
    private static final int LATENCY_HEIGHT = 150;
    private static final int CONNECTIONS_HEIGHT = 100;
    private static final int MOST_TICKS = 14;

    /** How much of the time before the first request is shown. */
    private static final long LEAD_MILLIS = 2000;

    private final Svg svg = new Svg();
    private final List<Change> changes;
    private final List<Slice> slices;
    private final List<Slice> apiCalls;
    private final List<Connections> connections;
    private final long begin;
    private final long end;
    private double y = 6;

    /**
     * What is drawn beneath the versions.
     *
     * @param requests slices of the short ones
     * @param apiCalls slices of the calls of the third party
     * @param connections of the server
     */
    record Measured(List<Slice> requests, List<Slice> apiCalls, List<Connections> connections) {}

    /**
     * A chart from the first request, or the beginning of the run, to {@code end}, in milliseconds since that
     * beginning.
     */
    TimelineChart(List<Change> changes, Measured measured, long end) {
        this.changes = changes;
        slices = measured.requests;
        apiCalls = measured.apiCalls;
        connections = measured.connections;
        this.begin = slices.isEmpty() ? 0 : Math.max(0, slices.get(0).from() - LEAD_MILLIS);
        this.end = Math.max(begin + 1000, end);
    }

    /** The image. */
    String svg() {
        double top = y;
        TreeSet<String> secrets = new TreeSet<>();
        changes.forEach(change -> secrets.add(change.secret()));
        Rotations.SECRETS.stream().filter(secrets::remove).forEach(this::lane);
        secrets.forEach(this::lane);
        if (!slices.isEmpty()) {
            latencies();
        }
        if (!connections.isEmpty()) {
            connections();
        }
        promotions(top, y);
        axis();
        return svg.image(WIDTH, y, "Time line of every version, with request latency and connections beneath");
    }

    private void lane(String secret) {
        TreeMap<Integer, List<Change>> versions = new TreeMap<>();
        for (Change change : changes) {
            if (change.secret().equals(secret)) {
                versions.computeIfAbsent(change.version(), number -> new ArrayList<>())
                        .add(change);
            }
        }
        heading(secret);
        versions.forEach((number, states) -> {
            svg.text("version", LEFT - 12, y + BAR - 3, "v" + number);
            svg.line("rail", LEFT, y + BAR / 2.0, WIDTH - RIGHT, y + BAR / 2.0);
            for (int i = 0; i < states.size(); i++) {
                span(states.get(i), i + 1 < states.size() ? states.get(i + 1).at() : end);
            }
            y += ROW;
        });
        y += 16;
    }

    private void span(Change change, long until) {
        boolean shown = change.state() != VersionState.STAGED && change.state() != VersionState.DESTROYED;
        if (!shown || until < begin) {
            return;
        }
        String state = change.state().name().toLowerCase(Locale.ROOT);
        double from = x(change.at());
        double width = Math.max(1.5, x(until) - from);
        boolean gone = change.state() == VersionState.REVOKED;
        String tip = change.secret() + " v" + change.version() + " " + state + " from " + seconds(change.at()) + " to "
                + seconds(until) + ", written by " + change.by();
        svg.rect("span " + state, from, gone ? y + 5 : y, width, gone ? BAR - 10 : BAR, tip);
        if (!gone && width > 9 * state.length()) {
            svg.text("on " + state, from + 5, y + BAR - 4, state);
        }
    }

    private void latencies() {
        heading("latency, ms");
        double height = LATENCY_HEIGHT;
        double highest = nice(slices.stream()
                        .mapToDouble(slice -> slice.percentiles().p99())
                        .sorted()
                        .skip(slices.size() * 9L / 10)
                        .findFirst()
                        .orElse(1)
                * 1.6);
        grid(highest, height);
        StringBuilder band = new StringBuilder(curve(slices, Percentiles::p99, highest));
        for (int i = slices.size() - 1; i >= 0; i--) {
            Slice slice = slices.get(i);
            band.append(Svg.point('L', middle(slice), level(slice.percentiles().p50(), highest, height)));
        }
        svg.path("band", band.append('Z').toString());
        svg.path("p99", curve(slices, Percentiles::p99, highest));
        svg.path("p50", curve(slices, Percentiles::p50, highest));
        svg.path("api", curve(apiCalls, Percentiles::p99, highest));
        for (Slice slice : slices) {
            svg.dot("max", middle(slice), level(slice.percentiles().max(), highest, height), 1.8);
        }
        double slot = x(begin + TimelinePage.SLICE_MILLIS) - x(begin);
        for (Slice slice : slices) {
            Percentiles p = slice.percentiles();
            String tip = String.format(
                    Locale.ROOT,
                    "%s: p50 %.0f ms, p99 %.0f ms, longest %.0f ms, %d requests",
                    seconds(slice.from()),
                    p.p50(),
                    p.p99(),
                    p.max(),
                    p.count());
            svg.rect("touch", x(slice.from()), y, slot, height, tip);
        }
        y += height + 30;
    }

    private String curve(List<Slice> of, ToDoubleFunction<Percentiles> which, double highest) {
        StringBuilder data = new StringBuilder();
        for (Slice slice : of) {
            data.append(Svg.point(
                    data.isEmpty() ? 'M' : 'L',
                    middle(slice),
                    level(which.applyAsDouble(slice.percentiles()), highest, LATENCY_HEIGHT)));
        }
        return data.toString();
    }

    /** Logins are stacked in the order of their names. */
    private void connections() {
        heading("connections");
        TreeSet<String> logins = new TreeSet<>();
        connections.forEach(sample -> logins.addAll(sample.byLogin().keySet()));
        double highest =
                nice(connections.stream().mapToInt(Connections::total).max().orElse(1) * 1.1);
        grid(highest, CONNECTIONS_HEIGHT);
        double[] base = new double[connections.size()];
        int color = 0;
        for (String login : logins) {
            StringBuilder area = new StringBuilder();
            StringBuilder back = new StringBuilder();
            for (int i = 0; i < base.length; i++) {
                double x = x(connections.get(i).at());
                back.insert(0, Svg.point('L', x, level(base[i], highest, CONNECTIONS_HEIGHT)));
                base[i] += connections.get(i).byLogin().getOrDefault(login, 0);
                area.append(Svg.point(i == 0 ? 'M' : 'L', x, level(base[i], highest, CONNECTIONS_HEIGHT)));
            }
            svg.path("login" + color++, area + back.toString() + "Z");
        }
        y += CONNECTIONS_HEIGHT + 8;
    }

    private void grid(double highest, double height) {
        for (int i = 0; i <= 4; i++) {
            double value = highest * i / 4;
            double at = level(value, highest, height);
            svg.line("grid", LEFT, at, WIDTH - RIGHT, at);
            svg.text(
                    "scale",
                    LEFT - 12,
                    at + 4,
                    String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value));
        }
    }

    /** A line through all panels wherever a version took over. */
    private void promotions(double top, double bottom) {
        for (Change change : changes) {
            if (change.state() == VersionState.PRIMARY && change.version() > 1 && change.at() > 0) {
                svg.line("promotion", x(change.at()), top, x(change.at()), bottom);
            }
        }
    }

    private void axis() {
        long step = 1;
        while ((end - begin) / 1000 / step > MOST_TICKS) {
            step = step == 1 ? 2 : step == 2 ? 5 : step * 2;
        }
        svg.line("axis", LEFT, y, WIDTH - RIGHT, y);
        long first = (begin / 1000 + step - 1) / step * step;
        for (long second = first; second * 1000 <= end; second += step) {
            svg.line("axis", x(second * 1000), y, x(second * 1000), y + 4);
            svg.text("tick", x(second * 1000), y + 18, second + " s");
        }
        y += 26;
    }

    private void heading(String text) {
        svg.text("heading", 0, y + BAR - 3, text);
    }

    private double x(long millis) {
        return LEFT + (double) (WIDTH - LEFT - RIGHT) * Math.max(0, millis - begin) / (end - begin);
    }

    private double middle(Slice slice) {
        return x(slice.from() + TimelinePage.SLICE_MILLIS / 2);
    }

    /** What is higher than the panel stays at its upper edge. */
    private double level(double value, double highest, double height) {
        return y + height - Math.min(1, value / highest) * height;
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }

    /** The next number at or above {@code value} whose quarters are easy to read. */
    static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9))));
        for (double step : new double[] {1, 2, 4, 6, 8, 10}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }
}
