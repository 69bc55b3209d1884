package dev.slipring.examples.cli;

import dev.slipring.examples.Json;
import dev.slipring.keyring.Mark;
import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.Stamp;
import dev.slipring.store.Emergency;
import dev.slipring.store.Freeze;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How one secret stands.
 *
 * @param record as just read
 * @param reports of its replicas
 * @param now the store's time
 */
record Standing(SecretRecord record, List<ReplicaReport> reports, Instant now) {
    Standing {
        reports = reports.stream()
                .sorted(Comparator.comparing(ReplicaReport::replica))
                .toList();
    }

    // ---- for a person

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(record.secret() + "  " + record.phase() + "  epoch " + record.epoch() + "  rotation "
                + record.rotation().sequence() + "  "
                + primary().map(v -> "primary " + v.number() + age(v)).orElse("no primary") + "  "
                + replicas() + record.lastError().map(e -> "  last error " + e).orElse(""));
        record.orders()
                .emergency()
                .ifPresent(e -> lines.add("  EMERGENCY of versions " + e.versions() + ", " + e.plan()
                        + (e.readsDenied() ? ", reads denied" : "") + ", " + told(e.declared())));
        record.orders().closing().ifPresent(mark -> lines.add("  CLOSING " + told(mark)));
        record.orders()
                .freezes()
                .forEach(f -> lines.add(
                        "  FROZEN " + seconds(f.from()) + " to " + seconds(f.until()) + ", " + told(f.ordered())));
        record.orders()
                .rejectIssuedBefore()
                .ifPresent(at -> lines.add("  nothing issued at or before " + seconds(at) + " is accepted"));
        record.versions().forEach(version -> lines.add(line(version)));
        return lines;
    }

    private String replicas() {
        long live = reports.stream().filter(this::isLive).count();
        long current =
                reports.stream().filter(this::isLive).filter(this::isCurrent).count();
        return live == 0 ? "no live replica" : current + " of " + live + " live replicas up to date";
    }

    private String age(SecretVersion version) {
        return version.at(Stamp.PRIMARY)
                .map(since -> Duration.between(since, now))
                .map(age -> age.toDays() > 0 ? age.toDays() + " d" : Math.max(0, age.toMinutes()) + " min")
                .map(age -> " for " + age)
                .orElse("");
    }

    private static String line(SecretVersion version) {
        return "  " + version.number() + " " + version.state()
                + entered(version).map(at -> " since " + seconds(at)).orElse("")
                + version.slot().map(slot -> "  slot " + slot).orElse("")
                + (version.attributes().isEmpty() ? "" : "  " + version.attributes())
                + version.held().map(mark -> "  HELD " + told(mark)).orElse("")
                + version.compromised()
                        .map(mark -> "  COMPROMISED " + told(mark))
                        .orElse("");
    }

    /** When the version entered its state; one that is staged has no time of its own. */
    private static Optional<Instant> entered(SecretVersion version) {
        return version.stamps().entrySet().stream()
                .filter(stamp -> stamp.getKey().name().equals(version.state().name()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static String told(Mark mark) {
        return "by " + mark.by() + " at " + seconds(mark.at()) + ": " + mark.reason();
    }

    /** A store's clock may count nanoseconds, which nobody reads. */
    private static Instant seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }

    // ---- for a program

    String json() {
        Json json = new Json()
                .put("name", record.secret().value())
                .put("phase", record.phase().name())
                .put("incarnation", record.incarnation())
                .put("epoch", record.epoch())
                .put("sequence", record.rotation().sequence())
                .put("readAt", now.toString())
                .raw("primary", primary().map(v -> Integer.toString(v.number())).orElse("null"))
                .raw("lastError", record.lastError().map(Json::quoted).orElse("null"))
                .raw("timing", timing())
                .raw(
                        "emergency",
                        record.orders().emergency().map(Standing::json).orElse("null"))
                .raw("closing", json(record.orders().closing()))
                .raw(
                        "freezes",
                        Reply.array(record.orders().freezes().stream()
                                .map(Standing::json)
                                .toList()))
                .raw("rejectIssuedBefore", time(record.orders().rejectIssuedBefore()));
        return json.raw(
                        "versions",
                        Reply.array(
                                record.versions().stream().map(Standing::json).toList()))
                .raw("replicas", Reply.array(reports.stream().map(this::json).toList()))
                .toString();
    }

    private String timing() {
        Json json = new Json();
        record.rotation()
                .timing()
                .values()
                .forEach((parameter, value) -> json.put(parameter.letter(), value.toString()));
        return json.toString();
    }

    private static String json(SecretVersion version) {
        Json stamps = new Json();
        version.stamps().forEach((stamp, at) -> stamps.put(stamp.name(), at.toString()));
        Json attributes = new Json();
        version.attributes().forEach(attributes::put);
        return new Json()
                .put("number", version.number())
                .put("state", version.state().name())
                .raw("slot", version.slot().map(Json::quoted).orElse("null"))
                .raw("stamps", stamps.toString())
                .raw("held", json(version.held()))
                .raw("compromised", json(version.compromised()))
                .raw("attributes", attributes.toString())
                .toString();
    }

    private String json(ReplicaReport report) {
        return new Json()
                .put("replica", report.replica())
                .put("incarnation", report.incarnation())
                .put("epoch", report.epoch())
                .put("leaseUntil", report.leaseUntil().toString())
                .put("live", isLive(report))
                .put("upToDate", isCurrent(report))
                .toString();
    }

    private static String json(Emergency emergency) {
        return marked(emergency.declared())
                .raw(
                        "versions",
                        Reply.array(emergency.versions().stream()
                                .map(String::valueOf)
                                .toList()))
                .put("plan", emergency.plan().name())
                .put("readsDenied", emergency.readsDenied())
                .toString();
    }

    private static String json(Freeze freeze) {
        return marked(freeze.ordered())
                .put("from", freeze.from().toString())
                .put("until", freeze.until().toString())
                .toString();
    }

    private static String json(Optional<Mark> mark) {
        return mark.map(given -> marked(given).toString()).orElse("null");
    }

    private static Json marked(Mark mark) {
        return new Json().put("at", mark.at().toString()).put("by", mark.by()).put("reason", mark.reason());
    }

    private static String time(Optional<Instant> time) {
        return time.map(at -> Json.quoted(at.toString())).orElse("null");
    }

    private Optional<SecretVersion> primary() {
        return record.versions().stream().filter(v -> v.state().produces()).findFirst();
    }

    private boolean isLive(ReplicaReport report) {
        return now.isBefore(report.leaseUntil());
    }

    private boolean isCurrent(ReplicaReport report) {
        return report.hasTakenUp(record.incarnation(), record.epoch());
    }
}
