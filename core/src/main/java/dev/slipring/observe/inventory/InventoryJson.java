package dev.slipring.observe.inventory;

import static dev.slipring.json.JsonText.object;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.json.JsonText;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.rotation.RotationPlan;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Inventories as JSON, whose fields {@link Inventory#json()} names. Stateless. */
final class InventoryJson {
    private static final int FORMAT = 1;

    private InventoryJson() {}

    static String of(Inventory inventory) {
        List<Map<String, Object>> secrets = inventory.secrets().stream()
                .map(entry -> secret(entry, inventory.at()))
                .toList();
        Map<String, Object> tree = object(
                "format", FORMAT,
                "at", inventory.at(),
                "environment", inventory.environment(),
                "store", inventory.store(),
                "secrets", secrets);
        return new String(JsonText.print(tree), UTF_8);
    }

    private static Map<String, Object> secret(InventoryEntry entry, Instant at) {
        Map<String, Object> tree = object(
                "name", entry.secret(),
                "attention", entry.attention(),
                "owner", entry.description().owner(),
                "procedure", entry.description().procedure(),
                "kind", entry.rule().map(rule -> rule.policy().kind()),
                "issuer", entry.rule().map(InventoryEntry.Rule::issuer),
                "maxAgeSeconds", entry.rule().map(rule -> rule.policy().maxAge().toSeconds()));
        entry.known().ifPresent(known -> tree.putAll(known(known)));
        tree.putAll(object(
                "primary", entry.primary().map(SecretVersion::number),
                "ageSeconds", entry.age(at).map(Duration::toSeconds),
                "versions",
                        entry.versions().stream().map(InventoryJson::version).toList(),
                "notices", entry.notices().stream().map(InventoryJson::notice).toList(),
                "steps",
                        entry.plan()
                                .map(plan -> plan.steps().stream()
                                        .map(InventoryJson::step)
                                        .toList()),
                "thenWaitsFor", entry.plan().map(RotationPlan::open).filter(open -> !open.isEmpty()),
                "deadlines", entry.deadlines().map(InventoryJson::deadlines)));
        return tree;
    }

    private static Map<String, Object> known(InventoryEntry.Known known) {
        SecretRecord record = known.record();
        return object(
                "readAt", known.readAt(),
                "incarnation", record.incarnation(),
                "epoch", record.epoch(),
                "phase", record.phase());
    }

    private static Map<String, Object> version(SecretVersion version) {
        Map<String, Object> stamps = new LinkedHashMap<>();
        for (Map.Entry<Stamp, Instant> stamp : version.stamps().entrySet()) {
            stamps.put(Spoken.lower(stamp.getKey()), stamp.getValue());
        }
        return object(
                "number", version.number(),
                "state", version.state(),
                "slot", version.slot(),
                "stamps", stamps,
                "held", mark(version.held()),
                "compromised", mark(version.compromised()));
    }

    private static Optional<Map<String, Object>> mark(Optional<Mark> mark) {
        return mark.map(of -> object("at", of.at(), "by", of.by(), "reason", of.reason()));
    }

    private static Map<String, Object> notice(InventoryNotice notice) {
        return object("kind", notice.kind(), "attention", notice.attention(), "detail", notice.detail());
    }

    private static Map<String, Object> step(RotationPlan.Dated step) {
        Optional<Integer> version = step.version() == 0 ? Optional.empty() : Optional.of(step.version());
        return object("at", step.at(), "step", step.step(), "version", version, "state", step.state());
    }

    private static Map<String, Object> deadlines(InventoryEntry.Due due) {
        return object("start", due.start(), "warn", due.warn(), "page", due.page(), "hard", due.hard());
    }
}
