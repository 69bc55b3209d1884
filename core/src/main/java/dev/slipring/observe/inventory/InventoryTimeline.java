package dev.slipring.observe.inventory;

import static dev.slipring.observe.inventory.TimeScale.share;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.RotationPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Draws what became of the versions of one secret, what comes next and by when it must. Places along the time are
 * shares of the width and everything else is in pixels, so that bars follow the width of the screen and letters keep
 * their size. Not thread-safe.
 */
final class InventoryTimeline {
    private static final int BAR = 14;
    private static final int VERSION_ROW = 42;

    /** Marks that are closer than this share of the width stand as one. */
    private static final double TOGETHER = 10;

    /** The share of a phone's width that the longest label takes. */
    private static final double LABEL = 25;

    private static final int LINE = 15;

    /** How many destroyed versions are shown. */
    private static final int DESTROYED = 2;

    private static final String RIGHT_TIP = "M0 -6L7 0L0 6Z";
    private static final String UP_TIP = "M-6.5 6L0 -6L6.5 6Z";
    private static final String DIAMOND = "M-6.5 0L0 -6.5L6.5 0L0 6.5Z";
    private static final String SQUARE = "M-5.5 -5.5H5.5V5.5H-5.5Z";
    private static final String CROSS = "M-4 -4L4 4M-4 4L4 -4";

    private final InventoryEntry entry;
    private final Instant at;
    private final List<SecretVersion> shown;
    private final TimeScale scale;
    private final Markup rows = new Markup();
    private int y = 20;

    InventoryTimeline(InventoryEntry entry, Instant at) {
        this.entry = entry;
        this.at = at;
        shown = shown(entry.versions());
        scale = TimeScale.of(entry, shown, at);
    }

    /** A version in one state. */
    private record Span(VersionState state, Instant from, Instant until) {}

    /** The versions that have a row: all that are not destroyed, and the latest of those that are. */
    static List<SecretVersion> shown(List<SecretVersion> versions) {
        long destroyed = versions.stream()
                .filter(v -> v.state() == VersionState.DESTROYED)
                .count();
        List<SecretVersion> shown = new ArrayList<>();
        for (SecretVersion version : versions) {
            boolean old = version.state() == VersionState.DESTROYED && destroyed-- > DESTROYED;
            if (!old) {
                shown.add(version);
            }
        }
        return shown;
    }

    /** The image, whose title and description have ids that end in {@code id}. */
    String svg(int id) {
        shown.forEach(this::version);
        entry.plan().map(RotationPlan::steps).filter(steps -> !steps.isEmpty()).ifPresent(this::steps);
        entry.deadlines().ifPresent(this::deadlines);
        int bottom = y;
        Markup svg = new Markup();
        svg.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "class",
                "timeline",
                "role",
                "img",
                "aria-labelledby",
                "t" + id + " d" + id,
                "width",
                "100%",
                "height",
                String.valueOf(bottom + 30));
        svg.element("title", "Time line of " + entry.secret(), "id", "t" + id);
        svg.element("desc", description(), "id", "d" + id);
        now(svg, bottom);
        axis(svg, bottom);
        return svg.raw(rows.toString()).close().toString();
    }

    private void version(SecretVersion version) {
        String since = InventoryEntry.since(version)
                .map(instant -> " since " + Spoken.day(instant))
                .orElse("");
        String marks = (version.compromised().isPresent() ? " · compromised" : "")
                + (version.held().isPresent() ? " · held" : "");
        rows.element(
                "text",
                "Version " + version.number() + " · " + Spoken.lower(version.state()) + since + marks,
                "class",
                "row",
                "x",
                "0",
                "y",
                String.valueOf(y + 12));
        rows.empty("line", line("rail", 0, y + 18 + BAR / 2, 100, y + 18 + BAR / 2));
        for (Span span : spans(version)) {
            bar(span);
        }
        y += VERSION_ROW;
    }

    private void bar(Span span) {
        if (span.until.isBefore(scale.from())) {
            return;
        }
        double from = scale.percent(span.from);
        double until = scale.percent(span.until);
        if (span.state == VersionState.DESTROYED) {
            glyph(from, y + 18 + BAR / 2, "gone", CROSS);
            return;
        }
        int height = switch (span.state) {
            case REVOKING -> BAR - 6;
            case REVOKED -> 4;
            default -> BAR;
        };
        double width = Math.max(1.2, until - from);
        double left = Math.max(0, until - width);
        rows.empty(
                "rect",
                "class",
                "bar " + Spoken.lower(span.state),
                "x",
                share(left),
                "y",
                String.valueOf(y + 18 + (BAR - height) / 2),
                "width",
                share(width),
                "height",
                String.valueOf(height),
                "rx",
                "2");
    }

    /** One after the other, up to the present state, which the record may have no stamp for. */
    private List<Span> spans(SecretVersion version) {
        List<Map.Entry<Stamp, Instant>> stamps = version.stamps().entrySet().stream()
                .filter(stamp -> stamp.getKey() != Stamp.WITHDRAWN && stamp.getKey() != Stamp.READMITTED)
                .sorted(Map.Entry.<Stamp, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .toList();
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < stamps.size(); i++) {
            boolean last = i == stamps.size() - 1;
            Instant from = stamps.get(i).getValue();
            Instant until = last ? at : stamps.get(i + 1).getValue();
            VersionState state = last
                    ? version.state()
                    : VersionState.valueOf(stamps.get(i).getKey().name());
            spans.add(new Span(state, from, until.isBefore(from) ? from : until));
        }
        if (spans.isEmpty()) {
            spans.add(new Span(version.state(), at, at));
        }
        return spans;
    }

    /** What comes at about the same time has one mark, which names the numbers of the list beneath. */
    private void steps(List<RotationPlan.Dated> steps) {
        heading("Next steps");
        Labels labels = new Labels();
        int first = 0;
        for (int i = 1; i <= steps.size(); i++) {
            double from = scale.percent(steps.get(first).at());
            boolean apart = i == steps.size() || scale.percent(steps.get(i).at()) - from >= TOGETHER;
            if (apart) {
                String numbers = first + 1 == i ? String.valueOf(i) : (first + 1) + "–" + i;
                glyph(from, y + 24, "step", DIAMOND);
                labels.add(from, numbers + ": " + Spoken.date(steps.get(first).at()));
                first = i;
            }
        }
        y += labels.height();
    }

    private void deadlines(InventoryEntry.Due due) {
        heading("Deadlines");
        Labels labels = new Labels();
        deadline(due.start(), "start", RIGHT_TIP, labels);
        deadline(due.warn(), "warn", UP_TIP, labels);
        deadline(due.page(), "page", DIAMOND, labels);
        deadline(due.hard(), "hard", SQUARE, labels);
        y += labels.height();
    }

    private void deadline(Instant instant, String name, String shape, Labels labels) {
        double place = scale.percent(instant);
        glyph(place, y + 24, "due " + name, shape);
        labels.add(place, name + " " + Spoken.date(instant));
    }

    /** The labels of one row, each on the first line on which it does not touch the one before, on a phone too. */
    private final class Labels {
        private final List<Double> ends = new ArrayList<>();

        void add(double place, String text) {
            double left = place < LABEL / 2 ? place : place > 100 - LABEL / 2 ? place - LABEL : place - LABEL / 2;
            int line = 0;
            while (line < ends.size() && ends.get(line) > left) {
                line++;
            }
            if (line == ends.size()) {
                ends.add(0.0);
            }
            ends.set(line, left + LABEL);
            rows.element("text", text, at("mark", place, y + 45 + LINE * line, LABEL / 2));
        }

        int height() {
            return 38 + LINE * ends.size();
        }
    }

    private void heading(String text) {
        rows.element("text", text, "class", "row", "x", "0", "y", String.valueOf(y + 12));
        rows.empty("line", line("rail", 0, y + 24, 100, y + 24));
    }

    private void glyph(double place, int middle, String style, String shape) {
        rows.open("svg", "x", share(place), "y", String.valueOf(middle), "overflow", "visible")
                .empty("path", "class", style, "d", shape)
                .close();
    }

    private void now(Markup svg, int bottom) {
        double place = scale.percent(at);
        svg.empty("line", line("now", place, 16, place, bottom + 6));
        svg.element("text", "now", at("now", place, 12, 5));
    }

    private void axis(Markup svg, int bottom) {
        svg.empty("line", line("axis", 0, bottom + 6, 100, bottom + 6));
        for (int percent = 0; percent <= 100; percent += 25) {
            String wide = percent % 50 == 0 ? "" : " wide";
            svg.empty("line", line("axis" + wide, percent, bottom + 6, percent, bottom + 11));
            svg.element("text", scale.spoken(scale.at(percent)), at("tick" + wide, percent, bottom + 24, 5));
        }
    }

    /** A text at its baseline, within the image at both edges if it is twice {@code half} wide at most. */
    private static String[] at(String style, double place, int baseline, double half) {
        String anchor = place < half ? "start" : place > 100 - half ? "end" : "middle";
        return new String[] {
            "class", style, "x", share(place), "y", String.valueOf(baseline), "text-anchor", anchor,
        };
    }

    private static String[] line(String style, double x1, int y1, double x2, int y2) {
        return new String[] {
            "class", style, "x1", share(x1), "y1", String.valueOf(y1), "x2", share(x2), "y2", String.valueOf(y2),
        };
    }

    private String description() {
        StringBuilder text = new StringBuilder();
        shown.stream()
                .sorted(Comparator.comparingInt(SecretVersion::number))
                .forEach(version -> text.append("Version ")
                        .append(version.number())
                        .append(" is ")
                        .append(Spoken.lower(version.state()))
                        .append(InventoryEntry.since(version)
                                .map(since -> " since " + Spoken.moment(since))
                                .orElse(""))
                        .append(". "));
        entry.next()
                .ifPresent(step -> text.append("Next: ")
                        .append(Spoken.step(step))
                        .append(", ")
                        .append(Spoken.moment(step.at()))
                        .append(". "));
        entry.deadlines()
                .ifPresent(due -> text.append("Maximum age: ")
                        .append(Spoken.moment(due.hard()))
                        .append(". "));
        return text.append("Now: ").append(Spoken.moment(at)).append('.').toString();
    }
}
