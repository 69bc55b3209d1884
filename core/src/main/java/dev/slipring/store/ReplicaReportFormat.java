package dev.slipring.store;

import dev.slipring.json.JsonTree;
import dev.slipring.keyring.ReplicaReport;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Reports of replicas as JSON text, for stores that keep texts. Fields that this build does not know are dropped. */
public final class ReplicaReportFormat {
    private ReplicaReportFormat() {}

    /** {@code report} as JSON text. */
    public static String print(ReplicaReport report) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("replica", report.replica());
        root.put("incarnation", report.incarnation());
        root.put("epoch", report.epoch());
        root.put("leaseUntil", report.leaseUntil().toString());
        Map<String, Object> uses = new LinkedHashMap<>();
        report.lastUse().forEach((version, at) -> uses.put(version.toString(), at.toString()));
        root.put("lastUse", uses);
        return JsonTree.print(root);
    }

    /**
     * The report that {@code text} spells.
     *
     * @param place names where the text was found, for messages
     * @throws UnusableRecordException if the text is damaged
     */
    public static ReplicaReport parse(String text, String place) {
        try {
            JsonFields root = new JsonFields("", JsonTree.parse(text));
            Map<Integer, Instant> uses = new TreeMap<>();
            root.object("lastUse")
                    .texts()
                    .forEach((version, at) -> uses.put(Integer.valueOf(version), JsonFields.instant(version, at)));
            return new ReplicaReport(
                    root.text("replica"),
                    root.number("incarnation"),
                    root.number("epoch"),
                    root.instant("leaseUntil"),
                    uses);
        } catch (IOException | IllegalArgumentException e) {
            throw new UnusableRecordException("report " + place + " is damaged: " + e.getMessage(), null);
        }
    }
}
