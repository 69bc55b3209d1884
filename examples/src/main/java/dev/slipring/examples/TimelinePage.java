package dev.slipring.examples;

import dev.slipring.examples.Latencies.Percentiles;
import dev.slipring.examples.Latencies.Slice;
import dev.slipring.examples.ResultTable.LatencyRow;
import dev.slipring.examples.ResultTable.Row;
import dev.slipring.examples.Sampler.Connections;
import dev.slipring.examples.Timeline.Change;
import dev.slipring.keyring.TimingParameter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The page that shows a run: one file, nothing loaded from elsewhere. Stateless. */
final class TimelinePage {
    static final long SLICE_MILLIS = 500;

    private TimelinePage() {}

    /**
     * What a page shows.
     *
     * @param changes of the versions
     * @param slices of the short requests, {@value #SLICE_MILLIS} ms each
     * @param apiCalls slices of the calls of the third party, as wide
     * @param connections that were counted
     * @param end of the time line, milliseconds since the run began
     * @param results if the run is over
     * @param policies that were in force
     */
    record Content(
            List<Change> changes,
            List<Slice> slices,
            List<Slice> apiCalls,
            List<Connections> connections,
            long end,
            @Nullable Results results,
            Policies policies) {}

    /** The page. */
    static String html(Content content) {
        Results results = content.results;
        return Resource.text("timeline.html")
                .replace("{verdict}", verdict(results))
                .replace("{tiles}", results == null ? "" : tiles(results))
                .replace("{rules}", Svg.escaped(rules(content.policies)))
                .replace("{chart}", chart(content))
                .replace("{results}", results == null ? "" : tables(results));
    }

    private static String chart(Content content) {
        TimelineChart.Measured measured =
                new TimelineChart.Measured(content.slices, content.apiCalls, content.connections);
        return new TimelineChart(content.changes, measured, content.end).svg();
    }

    private static String verdict(@Nullable Results results) {
        if (results == null) {
            return "<p class=\"verdict running\">The run is under way; load this page again to see more.</p>";
        }
        return results.losses().isEmpty()
                ? "<p class=\"verdict clean\">Nothing was lost.</p>"
                : "<p class=\"verdict lost\">Lost: " + Svg.escaped(String.join(", ", results.losses())) + ".</p>";
    }

    private static String tiles(Results results) {
        Results.Counts counts = results.counts();
        return tile(results.rotated().completed() + " of " + results.rotated().wanted(), "rotations", false)
                + tile(counts.requests(), "requests")
                + loss(counts.failedRequests(), "failed requests")
                + loss(counts.lostSessions(), "sessions lost")
                + loss(counts.failedCheckouts(), "failed checkouts")
                + loss(results.apiCalls().failed(), "failed API calls");
    }

    private static String tile(long number, String label) {
        return tile(String.format(Locale.ROOT, "%,d", number).replace(',', '\u202f'), label, false);
    }

    private static String loss(long number, String label) {
        return tile(Long.toString(number), label, number > 0);
    }

    private static String tile(String number, String label, boolean bad) {
        return "<div class=\"tile" + (bad ? " bad" : "") + "\"><strong>" + Svg.escaped(number) + "</strong><span>"
                + Svg.escaped(label) + "</span></div>\n";
    }

    private static String rules(Policies policies) {
        return Stream.of(
                        TimingParameter.REFRESH,
                        TimingParameter.STALENESS,
                        TimingParameter.LAG,
                        TimingParameter.ADOPTION,
                        TimingParameter.LIFETIME,
                        TimingParameter.PUBLISH,
                        TimingParameter.OVERLAP)
                .map(parameter -> parameter.letter() + " "
                        + policies.session().timing().get(parameter).toMillis() / 1000.0 + " s")
                .collect(Collectors.joining(", "));
    }

    private static String tables(Results results) {
        StringBuilder html = new StringBuilder("<h2>Results</h2>\n<table>\n");
        for (Row row : ResultTable.rows(results)) {
            html.append("<tr><th scope=\"row\">")
                    .append(Svg.escaped(row.label()))
                    .append("</th><td>")
                    .append(Svg.escaped(row.value()))
                    .append("</td></tr>\n");
        }
        html.append("</table>\n<h2>Latency in milliseconds</h2>\n<table class=\"numbers\">\n<tr><th></th>")
                .append("<th scope=\"col\">p50</th><th scope=\"col\">p99</th><th scope=\"col\">p99.9</th>")
                .append("<th scope=\"col\">longest</th><th scope=\"col\">requests</th></tr>\n");
        for (LatencyRow row : ResultTable.latencies(results)) {
            Percentiles p = row.percentiles();
            html.append("<tr><th scope=\"row\">")
                    .append(Svg.escaped(row.label()))
                    .append(String.format(
                            Locale.ROOT,
                            "</th><td>%.1f</td><td>%.1f</td><td>%.1f</td><td>%.1f</td><td>%d</td></tr>%n",
                            p.p50(),
                            p.p99(),
                            p.p999(),
                            p.max(),
                            p.count()));
        }
        return html.append("</table>\n").toString();
    }
}
