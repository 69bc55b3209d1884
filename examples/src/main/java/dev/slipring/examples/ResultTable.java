package dev.slipring.examples;

import dev.slipring.examples.Latencies.Percentiles;
import dev.slipring.examples.Results.Counts;
import dev.slipring.examples.Results.Rotated;
import dev.slipring.examples.Results.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The results in rows, for the terminal and for the page. Stateless. */
final class ResultTable {
    private static final int LABEL = 34;

    private ResultTable() {}

    /** A row of the facts. */
    record Row(String label, String value) {}

    /** A row of the durations. */
    record LatencyRow(String label, Percentiles percentiles) {}

    /** The facts. */
    static List<Row> rows(Results results) {
        List<Row> rows = new ArrayList<>();
        Counts counts = results.counts();
        Rotated rotated = results.rotated();
        rows.add(new Row("requests", grouped(counts.requests())));
        rows.add(new Row("failed requests", grouped(counts.failedRequests())));
        rows.add(new Row("sessions lost", grouped(counts.lostSessions())));
        rows.add(new Row("failed checkouts", grouped(counts.failedCheckouts()) + " of " + grouped(counts.checkouts())));
        rows.add(new Row("killed transactions", grouped(counts.killedTransactions())));
        rows.add(new Row(
                "failed API calls",
                grouped(results.apiCalls().failed()) + " of "
                        + grouped(results.apiCalls().asked())));
        rows.add(new Row("rotations completed", rotated.completed() + " of " + rotated.wanted()));
        for (Results.Versions secret : rotated.secrets()) {
            rows.add(new Row(
                    "version of " + secret.secret(),
                    "v" + secret.before() + " before, v" + secret.after() + " after, " + secret.revoked()
                            + " revoked"));
        }
        rows.add(new Row(
                "sessions kept",
                rotated.keptSessions() + ", each through " + range(rotated) + " promotions of the session key"));
        rows.add(
                new Row("cookies re-signed / renewed", grouped(counts.resigned()) + " / " + grouped(counts.renewed())));
        rows.add(new Row("notes rewrapped", grouped(counts.rewrapped())));
        rows.add(new Row(
                "API calls answered by 429 or 500", grouped(results.apiCalls().repeated()) + ", made again"));
        addServer(rows, results.server());
        return rows;
    }

    private static void addServer(List<Row> rows, Server server) {
        rows.add(new Row(
                "old login's live connections when the new one was promoted",
                server.handovers().stream()
                        .map(h -> h.live() + " (v" + h.from() + " to v" + h.to() + ")")
                        .collect(Collectors.joining(", "))));
        rows.add(new Row(
                "connections on the server",
                "at most " + server.mostConnections() + ", allowed " + server.allowedConnections()));
        rows.add(new Row(
                "pools busy",
                String.format(
                        Locale.ROOT,
                        "%.0f %%, %d threads on a pool of %d",
                        100 * server.busyShare(),
                        Load.THREADS_PER_REPLICA,
                        Replica.POOL_SIZE)));
    }

    /** The durations. */
    static List<LatencyRow> latencies(Results results) {
        Results.Latency latency = results.latency();
        return List.of(
                new LatencyRow("no rotation running", latency.brief().without()),
                new LatencyRow("a rotation running", latency.brief().with()),
                new LatencyRow("2 s transaction, no rotation", latency.lasting().without()),
                new LatencyRow("2 s transaction, a rotation", latency.lasting().with()),
                new LatencyRow("API call, no rotation", latency.apiCalls().without()),
                new LatencyRow("API call, a rotation", latency.apiCalls().with()));
    }

    /** Everything, aligned. */
    static String text(Results results) {
        StringBuilder text = new StringBuilder();
        for (Row row : rows(results)) {
            for (String line : folded(row.label)) {
                text.append(line.equals(last(row.label)) ? padded(line) + row.value : line)
                        .append('\n');
            }
        }
        text.append('\n').append(padded("milliseconds"));
        text.append(String.format("%9s%9s%9s%9s%10s%n", "p50", "p99", "p99.9", "max", "requests"));
        for (LatencyRow row : latencies(results)) {
            Percentiles p = row.percentiles;
            text.append(padded(row.label))
                    .append(String.format(
                            Locale.ROOT, "%9.1f%9.1f%9.1f%9.1f%10d%n", p.p50(), p.p99(), p.p999(), p.max(), p.count()));
        }
        return text.toString();
    }

    private static String range(Rotated rotated) {
        return rotated.fewestPromotions() == rotated.mostPromotions()
                ? String.valueOf(rotated.mostPromotions())
                : rotated.fewestPromotions() + " to " + rotated.mostPromotions();
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    private static String padded(String label) {
        return label + " ".repeat(Math.max(1, LABEL - label.length()));
    }

    /** The label in lines that leave room for the value. */
    private static List<String> folded(String label) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : label.split(" ", -1)) {
            if (line.length() + word.length() >= LABEL - 2) {
                lines.add(line.toString());
                line.setLength(0);
                line.append("  ");
            }
            line.append(line.toString().isBlank() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String last(String label) {
        List<String> lines = folded(label);
        return lines.get(lines.size() - 1);
    }
}
