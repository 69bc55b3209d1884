package dev.slipring.observe.inventory;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.observe.inventory.InventoryNotice.Attention;
import dev.slipring.rotation.RotationPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An inventory as a page: an overview, then a card with a time line for each secret. Not thread-safe. */
final class InventoryPage {
    private static final String STYLE = resource("inventory.css");

    /** Of the bars and marks of all time lines: patterns, so that no state is told by its colour alone. */
    private static final String PATTERNS = resource("inventory-patterns.svg");

    /** So many of the next steps are shown at once. */
    private static final int STEPS = 5;

    private final Inventory inventory;
    private final Instant at;
    private final List<InventoryEntry> entries;
    private final Markup page = new Markup();

    InventoryPage(Inventory inventory) {
        this.inventory = inventory;
        at = inventory.at();
        entries = inventory.byUrgency();
    }

    private static String resource(String name) {
        try (InputStream in = InventoryPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String html() {
        page.raw("<!DOCTYPE html>\n").open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml");
        head();
        page.open("body").raw(PATTERNS).open("main");
        page.open("header").element("h1", "Secrets");
        page.open("p", "class", "lead")
                .text(inventory.environment().name().equals("UNDECLARED") ? "" : environment() + " · ")
                .text("store ");
        page.element("bdi", inventory.store()).text(" · as of ");
        time(at, Spoken.moment(at) + " UTC");
        page.close();
        tiles();
        page.close();
        if (entries.isEmpty()) {
            page.element("p", "There are no secrets.", "class", "none");
        } else {
            overview();
            legend();
            for (int i = 0; i < entries.size(); i++) {
                card(entries.get(i), i + 1);
            }
        }
        page.element(
                "footer",
                "All dates are in UTC. Steps come at these dates if everything goes well; a deadline counts from when"
                        + " the primary version became primary.");
        return page.close().close().close().toString();
    }

    private void head() {
        page.open("head").empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
        page.empty("meta", "name", "referrer", "content", "no-referrer");
        page.element("title", "Secrets, " + environment() + ", " + Spoken.moment(at) + " UTC");
        page.open("style").raw(STYLE).close().close();
    }

    private String environment() {
        return Spoken.lower(inventory.environment());
    }

    private void tiles() {
        page.open("ul", "class", "tiles");
        tile(entries.size(), entries.size() == 1 ? "secret" : "secrets", "all");
        for (Attention attention : List.of(Attention.ACT, Attention.LOOK, Attention.NONE)) {
            int count = (int) entries.stream()
                    .filter(entry -> entry.attention() == attention)
                    .count();
            String words = switch (attention) {
                case ACT -> "to act on";
                case LOOK -> "to look at";
                case NONE -> "in order";
            };
            tile(count, words, count == 0 ? "all" : style(attention));
        }
        page.close();
    }

    private void tile(int count, String words, String style) {
        page.open("li", "class", style)
                .element("strong", String.valueOf(count))
                .text(" ")
                .element("span", words)
                .close();
    }

    private static String style(Attention attention) {
        return Spoken.lower(attention);
    }

    private void overview() {
        page.open("table", "class", "overview", "role", "table");
        page.element("caption", "Overview, the most urgent first");
        page.open("thead", "role", "rowgroup").open("tr", "role", "row");
        for (String head : List.of("Secret", "Attention", "Owner", "Age", "Next step", "Deadline")) {
            page.element("th", head, "scope", "col", "role", "columnheader");
        }
        page.close().close().open("tbody", "role", "rowgroup");
        for (int i = 0; i < entries.size(); i++) {
            row(entries.get(i), i + 1);
        }
        page.close().close();
    }

    private void row(InventoryEntry entry, int id) {
        page.open("tr", "role", "row");
        page.open("th", "scope", "row", "role", "rowheader", "class", "name")
                .element("a", entry.secret().value(), "href", "#s" + id)
                .close();
        page.open("td", "role", "cell", "class", "attention");
        badge(entry.attention());
        page.close();
        cell("Owner", Printable.cut(entry.description().owner().orElse("not known"), 40));
        cell("Age", entry.age(at).map(Spoken::duration).orElse("not known"));
        cell(
                "Next step",
                entry.next()
                        .map(step -> step.step() + " " + Spoken.day(step.at()))
                        .orElse(entry.plan().isPresent() ? "none with a date" : "not known"));
        cell(
                "Deadline",
                entry.deadlines()
                        .map(due -> Spoken.day(due.hard()) + ", " + Spoken.relative(at, due.hard()))
                        .orElse("not known"));
        page.close();
    }

    private void cell(String label, String text) {
        page.open("td", "role", "cell");
        page.element("span", label + " ", "class", "label", "aria-hidden", "true");
        page.element("bdi", text).close();
    }

    private void badge(Attention attention) {
        page.element("span", attention.word(), "class", "badge " + style(attention));
    }

    private void legend() {
        page.open("section", "class", "legend", "aria-labelledby", "legend");
        page.element("h2", "How to read the time lines", "id", "legend").open("ul");
        legend("staged", "staged: reserved, used by nobody");
        legend("published", "published: accepted, not yet used");
        legend("primary", "primary: the one in use");
        legend("retiring", "retiring: still accepted");
        legend("revoking", "revoking: on its way out");
        legend("revoked", "revoked: invalid, not yet erased");
        glyph("gone", "M-4 -4L4 4M-4 4L4 -4", "destroyed");
        glyph("step", "M-6.5 0L0 -6.5L6.5 0L0 6.5Z", "next step, by its number");
        glyph("due hard", "M-5.5 -5.5H5.5V5.5H-5.5Z", "deadline, by its name");
        page.close().close();
    }

    private void legend(String state, String words) {
        int height = state.equals("revoked") ? 4 : state.equals("revoking") ? 8 : 14;
        page.open("li").open("svg", "width", "28", "height", "16", "aria-hidden", "true");
        page.empty(
                "rect",
                "class",
                "bar " + state,
                "x",
                "1",
                "y",
                String.valueOf(8 - height / 2),
                "width",
                "26",
                "height",
                String.valueOf(height),
                "rx",
                "2");
        page.close().text(words).close();
    }

    private void glyph(String style, String shape, String words) {
        page.open("li").open("svg", "width", "28", "height", "16", "viewBox", "-14 -8 28 16", "aria-hidden", "true");
        page.empty("path", "class", style, "d", shape).close().text(words).close();
    }

    private void card(InventoryEntry entry, int id) {
        page.open("article", "id", "s" + id, "aria-labelledby", "h" + id, "class", style(entry.attention()));
        page.open("div", "class", "title").element("h2", entry.secret().value(), "id", "h" + id);
        badge(entry.attention());
        page.close();
        facts(entry);
        if (!entry.notices().isEmpty()) {
            page.open("ul", "class", "notices");
            entry.notices().forEach(this::notice);
            page.close();
        }
        if (entry.known().isPresent()) {
            page.open("figure")
                    .raw(new InventoryTimeline(entry, at).svg(id))
                    .close()
                    .open("div", "class", "details");
            versions(entry);
            entry.plan().ifPresent(this::plan);
            entry.deadlines().ifPresent(this::deadlines);
            page.close();
        }
        page.close();
    }

    private void facts(InventoryEntry entry) {
        page.open("dl", "class", "facts");
        fact("Owner", entry.description().owner());
        fact("Kind", entry.rule().map(rule -> Spoken.lower(rule.policy().kind())));
        fact("Issuer", entry.rule().map(InventoryEntry.Rule::issuer));
        fact("Environment", Optional.of(environment()));
        fact("Store", Optional.of(inventory.store()));
        fact("Primary", entry.primary().map(primary -> "version " + primary.number()));
        fact("Age", entry.age(at).map(Spoken::duration));
        fact("Phase", entry.known().map(known -> Spoken.lower(known.record().phase())));
        page.open("div").element("dt", "Procedure").open("dd");
        procedure(entry.description().procedure().orElse(null));
        page.close().close().close();
    }

    private void procedure(@Nullable URI address) {
        if (address == null) {
            page.text("not known");
        } else {
            String text = address.toASCIIString();
            page.element("a", text, "href", text, "rel", "noreferrer");
        }
    }

    private void fact(String name, Optional<String> value) {
        page.open("div").element("dt", name).open("dd");
        page.element("bdi", value.orElse("not known")).close().close();
    }

    private void notice(InventoryNotice notice) {
        page.open("li", "class", style(notice.attention()));
        page.element("strong", Spoken.lower(notice.kind()).replace('_', ' ')).text(" ");
        page.element("bdi", notice.detail()).close();
    }

    private void versions(InventoryEntry entry) {
        List<SecretVersion> shown = InventoryTimeline.shown(entry.versions());
        int hidden = entry.versions().size() - shown.size();
        page.open("div").open("table", "class", "versions");
        page.element("caption", "Versions").open("thead").open("tr");
        for (String head : List.of("Version", "State", "Since", "For")) {
            page.element("th", head, "scope", "col");
        }
        page.close().close().open("tbody");
        for (SecretVersion version : shown) {
            Optional<Instant> since = InventoryEntry.since(version);
            page.open("tr").element("th", String.valueOf(version.number()), "scope", "row");
            page.element("td", Spoken.lower(version.state()) + marks(version)).open("td");
            since.ifPresent(instant -> time(instant, Spoken.moment(instant)));
            page.close()
                    .element(
                            "td",
                            since.map(instant -> Spoken.duration(Spoken.between(instant, at)))
                                    .orElse(""))
                    .close();
        }
        page.close().close();
        if (hidden > 0) {
            String words = hidden == 1 ? " earlier version was destroyed." : " earlier versions were destroyed.";
            page.element("p", hidden + words, "class", "note");
        }
        page.close();
    }

    private static String marks(SecretVersion version) {
        return (version.compromised().isPresent() ? ", compromised" : "")
                + (version.held().isPresent() ? ", held" : "");
    }

    private void plan(RotationPlan plan) {
        page.open("div").element("h3", "Next steps");
        int steps = plan.steps().size();
        int first = steps <= STEPS + 1 ? steps : STEPS;
        if (steps > 0) {
            steps(plan.steps().subList(0, first), 1);
        }
        if (first < steps) {
            page.open("details").element("summary", (steps - first) + " more steps");
            steps(plan.steps().subList(first, steps), first + 1);
            page.close();
        }
        if (!plan.open().isEmpty()) {
            page.element("p", (plan.steps().isEmpty() ? "Waits: " : "Then waits: ") + plan.open(), "class", "note");
        }
        page.close();
    }

    private void steps(List<RotationPlan.Dated> steps, int number) {
        page.open("ol", "start", String.valueOf(number));
        for (RotationPlan.Dated step : steps) {
            page.open("li");
            time(step.at(), Spoken.moment(step.at()));
            page.text(" ").element("span", Spoken.relative(at, step.at()), "class", "soft");
            page.empty("br").text(Spoken.step(step)).close();
        }
        page.close();
    }

    private void deadlines(InventoryEntry.Due due) {
        page.open("div").element("h3", "Deadlines").open("dl", "class", "due");
        deadline("start", due.start());
        deadline("warn", due.warn());
        deadline("page", due.page());
        deadline("hard", due.hard());
        page.close().close();
    }

    private void deadline(String name, Instant instant) {
        page.open("div").element("dt", name).open("dd");
        time(instant, Spoken.moment(instant));
        page.text(" ").element("span", Spoken.relative(at, instant), "class", "soft");
        page.close().close();
    }

    private void time(Instant instant, String text) {
        page.element("time", text, "datetime", instant.toString());
    }
}
