package dev.slipring.observe.audit;

import static dev.slipring.json.JsonText.object;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.json.JsonText;
import dev.slipring.rotation.AuditEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Records of emergencies as text. Stateless. */
final class EmergencyText {
    private static final String PUNCTUATION = "\\`*_{}[]<>()#+-.!|~&:@$^='\"/";

    private EmergencyText() {}

    static String json(EmergencyRecord record) {
        Map<String, Object> tree = object(
                "secret", record.secret(),
                "declaredAt", record.declaredAt(),
                "declarations",
                        record.declarations().stream()
                                .map(EmergencyText::declaration)
                                .toList(),
                "endedAt", record.endedAt(),
                "exposure", record.exposure(),
                "steps", record.events().stream().map(AuditEventFormat::tree).toList());
        return new String(JsonText.print(tree), UTF_8);
    }

    private static Map<String, Object> declaration(AuditEvent event) {
        return object(
                "time", event.at(),
                "actor", event.actor(),
                "reason", event.reason(),
                "planned", event.planned().map(AuditEventFormat::planned));
    }

    static String markdown(EmergencyRecord record) {
        List<String> lines = new ArrayList<>();
        lines.add("# Emergency: secret " + escaped(record.secret().value()));
        lines.add("");
        record.declarations().forEach(event -> declare(event, lines));
        lines.add("- Ended: " + record.endedAt().map(Object::toString).orElse("not yet"));
        lines.add("- Compromised versions were valid for: "
                + record.exposure().map(Object::toString).orElse("not over yet"));
        lines.add("");
        lines.add("| time | step | version | outcome | by | replica | epoch | evidence |");
        lines.add("|---|---|---|---|---|---|---|---|");
        record.events().forEach(event -> lines.add(row(event)));
        lines.add("");
        return String.join("\n", lines);
    }

    private static void declare(AuditEvent event, List<String> lines) {
        lines.add("- Declared: " + event.at() + " by " + escaped(event.actor()));
        lines.add("- Reason: " + escaped(event.reason()));
        event.planned().ifPresent(planned -> {
            lines.add("- Compromised versions: "
                    + planned.members().stream().map(String::valueOf).collect(Collectors.joining(", ")));
            lines.add("- Plan: " + planned.plan());
            lines.add("- Planned exposure: "
                    + planned.exposure().map(Object::toString).orElse("until an operator or a census ends it"));
            lines.add("- Planned outage in a replica that lags behind: "
                    + planned.outage().map(Object::toString).orElse("unknown"));
            lines.add("- Lost: " + escaped(planned.loss()));
        });
    }

    private static String row(AuditEvent event) {
        String outcome = event.outcome()
                + event.result().errorCode().map(code -> " " + escaped(code)).orElse("");
        return "| "
                + String.join(
                        " | ",
                        event.at().toString(),
                        escaped(event.action()),
                        event.version() == 0 ? "" : String.valueOf(event.version()),
                        outcome,
                        escaped(event.actor()),
                        escaped(event.place().replica()),
                        String.valueOf(event.change().to().epoch()),
                        evidence(event.proof()))
                + " |";
    }

    private static String evidence(AuditEvent.Proof proof) {
        List<String> parts = new ArrayList<>();
        add(parts, "probe ", proof.probe());
        add(parts, "at the issuer ", proof.use());
        proof.acknowledgements()
                .ifPresent(a -> parts.add(a.takenUp() + " of " + a.live() + " replicas have left the old version"));
        add(parts, "old last used ", proof.lastUsedOld());
        add(parts, "new last used ", proof.lastUsedNew());
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String label, Optional<?> fact) {
        fact.ifPresent(value -> parts.add(label + value));
    }

    /** Text that stays on its line and means nothing to Markdown or HTML; what cannot be seen is spelled out. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (PUNCTUATION.indexOf(c) >= 0) {
                safe.append('\\').appendCodePoint(c);
            } else if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE
                    || type == Character.UNASSIGNED) {
                safe.append(String.format("(U\\+%04X)", c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }
}
