package dev.slipring.store;

import dev.slipring.json.JsonTree;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.keyring.Timing;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON text, format 1. Times are ISO 8601. Fields that this build does not know are kept and
 * written back in their place; a record whose {@code mustUnderstand} names one is refused. Stateless.
 */
public final class SecretRecordFormat {
    private static final long FORMAT = 1;

    private SecretRecordFormat() {}

    /**
     * {@code record} as JSON text.
     *
     * @throws UnusableRecordException if the text is one that {@link #parse} refuses, since a text in it is too long:
     *     better not written than never read again
     */
    public static String print(SecretRecord record) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("format", FORMAT);
        root.put("mustUnderstand", List.of());
        root.put("secret", record.secret().value());
        root.put("incarnation", record.incarnation());
        root.put("epoch", record.epoch());
        root.put("phase", record.phase().name());
        root.put("rotation", rotation(record.rotation()));
        List<Object> versions = new ArrayList<>();
        record.versions().forEach(version -> versions.add(version(version)));
        root.put("versions", versions);
        root.put("ringId", (long) record.ringId());
        if (record.reserved() > 0) {
            root.put("reserved", (long) record.reserved());
        }
        orders(record.orders(), root);
        record.owner().ifPresent(owner -> root.put("owner", owner(owner)));
        record.lastError().ifPresent(code -> root.put("lastError", code));
        record.extensions().forEach((path, json) -> graft(root, record, path, json));
        String text = JsonTree.print(root);
        parse(record.secret(), text, "of secret " + record.secret() + " that was to be written");
        return text;
    }

    /**
     * The record of {@code secret} that {@code text} spells.
     *
     * @param place names where the text was found, for messages
     * @throws UnusableRecordException if the text is damaged, belongs to another secret or needs a newer build
     */
    public static SecretRecord parse(SecretName secret, String text, String place) {
        SecretRecord record;
        try {
            record = parse(new JsonFields("", JsonTree.parse(text)));
        } catch (IOException | IllegalArgumentException e) {
            throw new UnusableRecordException("record " + place + " is damaged: " + firstLine(e), null);
        }
        if (!record.secret().equals(secret)) {
            throw new UnusableRecordException(
                    "record " + place + " belongs to secret " + record.secret() + ", not to " + secret, null);
        }
        return record;
    }

    private static SecretRecord parse(JsonFields root) {
        long format = root.number("format");
        List<?> mustUnderstand = root.list("mustUnderstand");
        if (format != FORMAT || !mustUnderstand.isEmpty()) {
            throw new IllegalArgumentException("it has format " + format + " and must-understand fields "
                    + mustUnderstand + "; this build knows format " + FORMAT + " without any");
        }
        Map<String, String> extensions = new TreeMap<>();
        SecretName secret = SecretName.of(root.text("secret"));
        long incarnation = root.number("incarnation");
        long epoch = root.number("epoch");
        Phase phase = root.constant("phase", Phase.class);
        Rotation rotation = rotation(root.object("rotation"), extensions);
        List<SecretVersion> versions = new ArrayList<>();
        for (Object tree : root.list("versions")) {
            versions.add(version(new JsonFields("/versions/" + versions.size(), tree), extensions));
        }
        SecretRecord record = new SecretRecord(
                secret,
                incarnation,
                epoch,
                phase,
                rotation,
                versions,
                root.integer("ringId"),
                root.integerIfPresent("reserved").orElse(0),
                orders(root, extensions),
                root.objectIfPresent("owner").map(owner -> new Owner(owner.text("replica"), owner.instant("until"))),
                root.textIfPresent("lastError"),
                Map.of());
        root.leftOver(field -> extensions.put(field.getKey(), field.getValue()));
        return record.extendedBy(extensions);
    }

    private static void orders(Orders orders, Map<String, Object> root) {
        orders.rejectIssuedBefore().ifPresent(at -> root.put("rejectIssuedBefore", at.toString()));
        orders.closing().ifPresent(mark -> root.put("closing", mark(mark)));
        orders.emergency().ifPresent(emergency -> {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put(
                    "versions",
                    emergency.versions().stream().map(Integer::longValue).toList());
            tree.put("plan", emergency.plan().name());
            tree.put("readsDenied", emergency.readsDenied());
            tree.putAll(mark(emergency.declared()));
            root.put("emergency", tree);
        });
        if (!orders.freezes().isEmpty()) {
            root.put(
                    "freezes",
                    orders.freezes().stream().map(SecretRecordFormat::freeze).toList());
        }
    }

    private static Orders orders(JsonFields root, Map<String, String> extensions) {
        Optional<Emergency> emergency = root.objectIfPresent("emergency")
                .map(tree -> new Emergency(
                        tree.integers("versions"),
                        tree.constant("plan", Emergency.Plan.class),
                        tree.truth("readsDenied"),
                        mark(tree, extensions)));
        List<Freeze> freezes = new ArrayList<>();
        for (Object tree : root.listIfPresent("freezes").orElse(List.of())) {
            JsonFields fields = new JsonFields("/freezes/" + freezes.size(), tree);
            freezes.add(new Freeze(fields.instant("from"), fields.instant("until"), mark(fields, extensions)));
        }
        return new Orders(
                emergency,
                freezes,
                root.objectIfPresent("closing").map(fields -> mark(fields, extensions)),
                root.instantIfPresent("rejectIssuedBefore"));
    }

    private static Map<String, Object> freeze(Freeze freeze) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("from", freeze.from().toString());
        tree.put("until", freeze.until().toString());
        tree.putAll(mark(freeze.ordered()));
        return tree;
    }

    private static Map<String, Object> owner(Owner owner) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("replica", owner.replica());
        tree.put("until", owner.until().toString());
        return tree;
    }

    private static Map<String, Object> rotation(Rotation rotation) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", rotation.id());
        tree.put("sequence", rotation.sequence());
        Map<String, Object> timing = new LinkedHashMap<>();
        rotation.timing().values().forEach((parameter, value) -> timing.put(parameter.letter(), value.toString()));
        tree.put("timing", timing);
        return tree;
    }

    private static Rotation rotation(JsonFields tree, Map<String, String> extensions) {
        String id = tree.text("id");
        long sequence = tree.number("sequence");
        JsonFields letters = tree.object("timing");
        EnumMap<TimingParameter, Duration> timing = new EnumMap<>(TimingParameter.class);
        for (TimingParameter parameter : TimingParameter.values()) {
            timing.put(parameter, letters.duration(parameter.letter()));
        }
        letters.leftOver(field -> extensions.put(field.getKey(), field.getValue()));
        tree.leftOver(field -> extensions.put(field.getKey(), field.getValue()));
        return new Rotation(id, sequence, new Timing(timing));
    }

    private static Map<String, Object> version(SecretVersion version) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("number", (long) version.number());
        tree.put("rotationId", version.origin().rotationId());
        tree.put("sequence", version.origin().sequence());
        tree.put("attempt", (long) version.origin().attempt());
        version.slot().ifPresent(slot -> tree.put("slot", slot));
        tree.put("state", version.state().name());
        version.stamps().forEach((stamp, at) -> tree.put(field(stamp), at.toString()));
        version.compromised().ifPresent(mark -> tree.put("compromised", mark(mark)));
        version.held().ifPresent(mark -> tree.put("held", mark(mark)));
        if (!version.attributes().isEmpty()) {
            tree.put("attributes", version.attributes());
        }
        version.fingerprint().ifPresent(digest -> tree.put("fingerprint", digest));
        return tree;
    }

    private static SecretVersion version(JsonFields tree, Map<String, String> extensions) {
        int number = tree.integer("number");
        SecretVersion.Origin origin =
                new SecretVersion.Origin(tree.text("rotationId"), tree.number("sequence"), tree.integer("attempt"));
        EnumMap<Stamp, Instant> stamps = new EnumMap<>(Stamp.class);
        for (Stamp stamp : Stamp.values()) {
            tree.instantIfPresent(field(stamp)).ifPresent(at -> stamps.put(stamp, at));
        }
        SecretVersion version = new SecretVersion(
                number,
                origin,
                tree.textIfPresent("slot"),
                tree.constant("state", VersionState.class),
                stamps,
                tree.objectIfPresent("compromised").map(fields -> mark(fields, extensions)),
                tree.objectIfPresent("held").map(fields -> mark(fields, extensions)),
                tree.objectIfPresent("attributes").map(JsonFields::texts).orElse(Map.of()),
                tree.textIfPresent("fingerprint"));
        tree.leftOver(field -> extensions.put(field.getKey(), field.getValue()));
        return version;
    }

    private static Map<String, Object> mark(Mark mark) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("at", mark.at().toString());
        tree.put("by", mark.by());
        tree.put("reason", mark.reason());
        return tree;
    }

    /** The mark that {@code fields} end with. */
    private static Mark mark(JsonFields fields, Map<String, String> extensions) {
        Mark mark = new Mark(fields.instant("at"), fields.text("by"), fields.text("reason"));
        fields.leftOver(field -> extensions.put(field.getKey(), field.getValue()));
        return mark;
    }

    /** Puts an extension back where it was found; if the object around it is gone, so is the field. */
    private static void graft(Map<String, Object> root, SecretRecord record, String path, String json) {
        List<String> steps = List.of(path.substring(1).split("/", -1));
        Object place = root;
        for (String step : steps.subList(0, steps.size() - 1)) {
            place = inside(place, step);
        }
        if (place instanceof Map<?, ?>) {
            try {
                @SuppressWarnings("unchecked") // every object of the tree is one of ours, by name
                Map<String, Object> fields = (Map<String, Object>) place;
                fields.putIfAbsent(JsonFields.unescaped(steps.get(steps.size() - 1)), JsonTree.parse(json));
            } catch (IOException e) {
                throw new IllegalStateException(
                        "secret " + record.secret() + ": extension " + path + " is not JSON", e);
            }
        }
    }

    private static @Nullable Object inside(@Nullable Object place, String step) {
        if (place instanceof List<?> list) {
            int index = Integer.parseInt(step);
            return index < list.size() ? list.get(index) : null;
        }
        return place instanceof Map<?, ?> fields ? fields.get(step) : null;
    }

    private static String field(Stamp stamp) {
        return stamp.name().toLowerCase(Locale.ROOT) + "At";
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
