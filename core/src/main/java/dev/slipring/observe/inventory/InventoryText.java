package dev.slipring.observe.inventory;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.rotation.RotationPlan;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An inventory as text, its columns aligned. Not thread-safe. */
final class InventoryText {
    private static final int WIDEST = 24;
    private static final List<String> HEAD =
            List.of("SECRET", "ATTENTION", "OWNER", "KIND", "ISSUER", "PRIMARY", "AGE", "NEXT", "DEADLINE");

    private final Inventory inventory;
    private final Instant at;
    private final StringBuilder out = new StringBuilder();

    InventoryText(Inventory inventory) {
        this.inventory = inventory;
        at = inventory.at();
    }

    String text() {
        int secrets = inventory.secrets().size();
        line(secrets + (secrets == 1 ? " secret, " : " secrets, ") + Spoken.moment(at) + " UTC, environment "
                + Spoken.lower(inventory.environment()) + ", store " + Printable.of(inventory.store()));
        if (!inventory.secrets().isEmpty()) {
            line("");
            List<List<String>> rows = new ArrayList<>();
            rows.add(HEAD);
            inventory.byUrgency().forEach(entry -> rows.add(row(entry)));
            table("", rows);
        }
        inventory.byUrgency().forEach(this::secret);
        return out.toString();
    }

    private List<String> row(InventoryEntry entry) {
        return List.of(
                entry.secret().value(),
                entry.attention().word(),
                entry.description().owner().map(InventoryText::cut).orElse("-"),
                entry.rule().map(rule -> Spoken.lower(rule.policy().kind())).orElse("-"),
                entry.rule()
                        .map(InventoryEntry.Rule::issuer)
                        .map(InventoryText::cut)
                        .orElse("-"),
                entry.primary().map(version -> "v" + version.number()).orElse("-"),
                entry.age(at).map(Spoken::duration).orElse("-"),
                entry.next()
                        .map(step -> step.step() + " " + Spoken.day(step.at()))
                        .orElse("-"),
                entry.deadlines().map(due -> Spoken.day(due.hard())).orElse("-"));
    }

    private void secret(InventoryEntry entry) {
        line("");
        String phase = entry.known()
                .map(known -> ", phase " + Spoken.lower(known.record().phase()))
                .orElse("");
        line(entry.secret() + phase);
        entry.description().owner().ifPresent(owner -> line("  owner      " + Printable.of(owner)));
        entry.rule().ifPresent(rule -> line("  issuer     " + Printable.of(rule.issuer())));
        entry.description()
                .procedure()
                .map(URI::toASCIIString)
                .ifPresent(address -> line("  procedure  " + Printable.of(address)));
        for (InventoryNotice notice : entry.notices()) {
            line("  ! " + Spoken.lower(notice.kind()).replace('_', ' ') + "  " + Printable.of(notice.detail()));
        }
        List<SecretVersion> shown = InventoryTimeline.shown(entry.versions());
        int hidden = entry.versions().size() - shown.size();
        if (hidden > 0) {
            line("  " + hidden + " earlier " + (hidden == 1 ? "version was" : "versions were") + " destroyed");
        }
        table("  ", shown.stream().map(this::version).toList());
        entry.plan().ifPresent(this::plan);
        entry.deadlines().ifPresent(this::deadlines);
    }

    private List<String> version(SecretVersion version) {
        return InventoryEntry.since(version)
                .map(since -> List.of(
                        "version " + version.number(),
                        Spoken.lower(version.state()),
                        "since " + Spoken.moment(since),
                        "for " + Spoken.duration(Spoken.between(since, at))))
                .orElseGet(() -> List.of("version " + version.number(), Spoken.lower(version.state())));
    }

    private void plan(RotationPlan plan) {
        table(
                "  ",
                plan.steps().stream()
                        .map(step ->
                                List.of(Spoken.moment(step.at()), Spoken.step(step), Spoken.relative(at, step.at())))
                        .toList());
        if (!plan.open().isEmpty()) {
            line("  then waits: " + Printable.of(plan.open()));
        }
    }

    private void deadlines(InventoryEntry.Due due) {
        line("  deadlines: start " + Spoken.moment(due.start()) + ", warn " + Spoken.moment(due.warn()) + ", page "
                + Spoken.moment(due.page()) + ", hard " + Spoken.moment(due.hard()));
    }

    /** The last cell of a row is as long as it is. */
    private void table(String indent, List<List<String>> rows) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        for (List<String> row : rows) {
            StringBuilder text = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                text.append(cell);
                if (i < row.size() - 1) {
                    text.append(" ".repeat(widths[i] - length(cell) + 2));
                }
            }
            line(text.toString());
        }
    }

    /** What is too wide for a column is told whole beneath. */
    private static String cut(String cell) {
        return Printable.cut(cell, WIDEST);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
