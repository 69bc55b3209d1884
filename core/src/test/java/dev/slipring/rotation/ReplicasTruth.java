package dev.slipring.rotation;

import dev.slipring.keyring.ReplicaReport;
import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.TimingParameter;
import dev.slipring.keyring.VersionState;
import dev.slipring.store.SecretRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the replicas report: each live one how far it has come, and what it may have produced with. */
final class ReplicasTruth {
    private static final int NO_VERSION = 99;

    private final Model model;
    private final Parts parts;

    ReplicasTruth(Model model, Parts parts) {
        this.model = model;
        this.parts = parts;
    }

    /** The reports in which they used only what they produce with, what has retired as well, or that alone and long ago. */
    List<List<ReplicaReport>> of(ModelState s) {
        SecretRecord record = parts.record(s.record());
        int retiring = record.versions().stream()
                .filter(v -> v.state() == VersionState.RETIRING)
                .mapToInt(SecretVersion::number)
                .findFirst()
                .orElse(NO_VERSION);
        Instant rested = RecordTime.NOW.minus(model.policy(0).timing().horizon());
        return List.of(
                reports(s, record, true, Map.of()),
                reports(s, record, true, Map.of(retiring, RecordTime.NOW)),
                reports(s, record, false, Map.of(retiring, rested)));
    }

    private List<ReplicaReport> reports(
            ModelState s, SecretRecord record, boolean primaryUsed, Map<Integer, Instant> uses) {
        List<ReplicaReport> reports = new ArrayList<>();
        for (int r = model.engines(); r < model.engines() + model.readers(); r++) {
            Parts.Reader reader = parts.reader(s.actor(r));
            if (!reader.up() || reader.age() > model.ticks(TimingParameter.STALENESS)) {
                continue;
            }
            boolean takenUp = reader.next().view() == Parts.NONE && reader.epoch() == record.epoch();
            Map<Integer, Instant> used = new HashMap<>(uses);
            if (primaryUsed) {
                used.put(parts.view(reader.view()).primary(), RecordTime.NOW);
            }
            reports.add(new ReplicaReport(
                    "r" + r,
                    record.incarnation(),
                    record.epoch() - (takenUp ? 0 : 1),
                    RecordTime.NOW.plus(RecordTime.TICK),
                    used));
        }
        return reports;
    }
}
