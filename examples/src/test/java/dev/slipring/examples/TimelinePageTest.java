package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.examples.Handovers.Handover;
import dev.slipring.examples.Latencies.Percentiles;
import dev.slipring.examples.Latencies.Slice;
import dev.slipring.examples.Sampler.Connections;
import dev.slipring.examples.Timeline.Change;
import dev.slipring.keyring.VersionState;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

final class TimelinePageTest {
    private static final List<Change> CHANGES = List.of(
            new Change("session", 1, VersionState.PRIMARY, 0, "replica 1", 0),
            new Change("session", 2, VersionState.STAGED, 900, "replica 1", 900),
            new Change("session", 2, VersionState.PUBLISHED, 1000, "replica 1", 1000),
            new Change("session", 1, VersionState.RETIRING, 5000, "<replica> & \"2\"", 5000),
            new Change("session", 2, VersionState.PRIMARY, 5000, "<replica> & \"2\"", 5000),
            new Change("session", 1, VersionState.REVOKING, 9000, "replica 3", 9000),
            new Change("session", 1, VersionState.REVOKED, 9100, "replica 3", 9100));

    private static final List<Slice> SLICES = List.of(
            new Slice(500, new Percentiles(9, 40, 60, 80, 90)), new Slice(1000, new Percentiles(9, 41, 61, 81, 900)));

    private static final List<Connections> CONNECTIONS =
            List.of(new Connections(500, Map.of("a", 24)), new Connections(5500, Map.of("a", 10, "b", 15)));

    private static final List<Slice> API_CALLS =
            List.of(new Slice(500, new Percentiles(4, 1, 2, 3, 4)), new Slice(1000, new Percentiles(4, 2, 40, 60, 80)));

    private static final TimelineChart.Measured MEASURED = new TimelineChart.Measured(SLICES, API_CALLS, CONNECTIONS);

    private static final TimelineChart.Measured NOTHING = new TimelineChart.Measured(List.of(), List.of(), List.of());

    @Test
    void chart_isWellFormed() throws Exception {
        Document svg = xml(new TimelineChart(CHANGES, MEASURED, 10_000).svg());

        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    }

    @Test
    void chart_drawsTheCallsOfTheThirdParty_onTheScaleOfTheRequests() throws Exception {
        Document svg = xml(new TimelineChart(CHANGES, MEASURED, 10_000).svg());

        NodeList paths = svg.getElementsByTagName("path");
        List<String> curves = new ArrayList<>();
        for (int i = 0; i < paths.getLength(); i++) {
            if (paths.item(i)
                    .getAttributes()
                    .getNamedItem("class")
                    .getTextContent()
                    .equals("api")) {
                curves.add(paths.item(i).getAttributes().getNamedItem("d").getTextContent());
            }
        }
        assertThat(curves).singleElement().asString().matches("M[^ML]+L[^ML]+");
    }

    @Test
    void chart_ofARunThatHasHardlyBegun_isWellFormed() throws Exception {
        xml(new TimelineChart(List.of(), NOTHING, 0).svg());
    }

    @Test
    void chart_showsEachStateOfEachVersion_exceptTheStagedOne() throws Exception {
        Document svg = xml(new TimelineChart(CHANGES, NOTHING, 10_000).svg());

        NodeList titles = svg.getElementsByTagName("title");
        assertThat(titles.getLength()).isEqualTo(6);
        assertThat(titles.item(0).getTextContent())
                .isEqualTo("session v1 primary from 0.0 s to 5.0 s, written by replica 1");
        assertThat(titles.item(1).getTextContent()).contains("written by <replica> & \"2\"");
    }

    @Test
    void page_escapesWhatItShows_andLoadsNothing() {
        String page = page(results(new Handover(1, 2, "a", 24)));

        assertThat(page).contains("&lt;replica&gt; &amp; &quot;2&quot;").doesNotContain("<replica>");
        assertThat(page).doesNotContain("src=", "href=", "@import", "url(");
        assertThat(page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "")).doesNotContain("http");
        assertThat(page).doesNotContainPattern("\\{[a-z]+\\}");
    }

    @Test
    void page_ofACleanRun_saysSo() {
        assertThat(page(results(new Handover(1, 2, "a", 24))))
                .contains("Nothing was lost.", "24 (v1 to v2)", "v1 before, v2 after, 1 revoked");
    }

    @Test
    void page_ofARunWithFailedApiCalls_saysSo() {
        assertThat(page(results(new Handover(1, 2, "a", 24), 3)))
                .contains("Lost: 3 failed API calls.", "<strong>3</strong><span>failed API calls</span>")
                .doesNotContain("Nothing was lost.");
    }

    @Test
    void page_withoutResults_saysThatTheRunIsUnderWay() {
        assertThat(page(null)).contains("under way").doesNotContain("Nothing was lost", "<h2>");
    }

    @Test
    void table_isAligned() {
        List<String> lines =
                ResultTable.text(results(new Handover(1, 2, "a", 24))).lines().toList();

        assertThat(lines)
                .contains("requests                          1 234 567", "failed requests                   0");
        assertThat(lines)
                .anySatisfy(line -> assertThat(line).matches("  when the new one was promoted {3}24 \\(v1 to v2\\)"));
    }

    @Test
    void nice_isAtOrAboveItsValue() {
        assertThat(TimelineChart.nice(61)).isEqualTo(80);
        assertThat(TimelineChart.nice(100)).isEqualTo(100);
        assertThat(TimelineChart.nice(0.3)).isBetween(0.39, 0.41);
    }

    private static String page(Results results) {
        return TimelinePage.html(new TimelinePage.Content(
                CHANGES,
                SLICES,
                API_CALLS,
                CONNECTIONS,
                10_000,
                results,
                Policies.of(false, StorePlace.Kind.FILE, TimingOverrides.NONE)));
    }

    private static Results results(Handover handover) {
        return results(handover, 0);
    }

    private static Results results(Handover handover, long failedApiCalls) {
        Percentiles some = new Percentiles(100, 41.5, 60, 80, 90);
        Results.Compared same = new Results.Compared(some, some);
        return new Results(
                new Results.Counts(1_234_567, 0, 0, 1_300_000, 0, 0, 90, 800, 200),
                new Results.ApiCalls(400_000, failedApiCalls, 7),
                new Results.Rotated(1, 1, List.of(new Results.Versions("session", 1, 2, 1)), 81, 2, 3, ""),
                new Results.Server(List.of(handover), 26, 30, 0.8),
                new Results.Latency(same, same, same));
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }
}
