package dev.slipring.rotation;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.rotation.Decisions.Decision;
import dev.slipring.rotation.Parts.Outside;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether good things come of every state once nothing goes wrong any more: one engine runs, the issuer works, nobody uses
 * what has retired, and time passes. Then every rotation ends with a usable primary version and every other version
 * revoked or held, or an alert stands.
 */
final class Fairness {
    private static final int LONGEST = 500;

    private final Model model;
    private final Parts parts;
    private final Decisions decisions;
    private final IssuerTruth truth;
    private final Set<Long> ends = new HashSet<>();

    Fairness(Model model, Parts parts, Decisions decisions) {
        this.model = model;
        this.parts = parts;
        this.decisions = decisions;
        truth = new IssuerTruth(model);
    }

    /** What does not come of the record in this world; empty if all does. */
    Optional<String> broken(int fromRecord, int fromOutside) {
        int record = fromRecord;
        int outside = fromOutside;
        int evidence = 0;
        Set<Long> way = new HashSet<>();
        for (int i = 0; i < LONGEST; i++) {
            long key = Parts.key(record, outside);
            if (evidence == 0 && (ends.contains(key) || finished(parts.record(record), parts.outside(outside)))) {
                ends.addAll(way);
                ends.add(key);
                return Optional.empty();
            }
            if (evidence == 0) {
                way.add(key);
            }
            Decision decision = decisions.decision(decisions.next(record, evidence, 0));
            if (decision.type() == Step.Alert.class) {
                ends.addAll(way);
                return Optional.empty();
            } else if (decision.writes()) {
                record = decision.after();
                evidence = 0;
            } else if (decision.rests()) {
                record = parts.later(record);
                evidence = 0;
            } else {
                Step.Effect effect = decision.effect().orElseThrow();
                outside = parts.number(after(effect, record, outside));
                evidence = parts.number(shown(effect, evidence, outside));
            }
        }
        return Optional.of("after " + LONGEST + " fair steps: " + Told.record(parts.record(record)) + " with "
                + parts.outside(outside));
    }

    private Outside after(Step.Effect effect, int record, int outside) {
        return truth.after(effect, parts.outside(outside), IssuerTruth.mates(effect, parts.record(record)));
    }

    private Evidence shown(Step.Effect effect, int evidence, int outside) {
        Evidence before = parts.evidence(evidence);
        int version = effect.issuance().version();
        if (effect instanceof Step.Count) {
            return before.with(Evidence.Kind.COUNTED, version).counted(version, new CensusCount(RecordTime.NOW, 0));
        }
        return effect instanceof Step.AskReplicas
                ? before.heard(List.of())
                : truth.shown(effect, before, parts.outside(outside), 0);
    }

    private boolean finished(SecretRecord record, Outside outside) {
        return record.phase() == Phase.IDLE
                && record.orders().emergency().isEmpty()
                && outside.orphans() == 0
                && record.versions().stream().allMatch(v -> settled(v, outside, record));
    }

    private boolean settled(SecretVersion version, Outside outside, SecretRecord record) {
        return switch (version.state()) {
            case PRIMARY ->
                record.orders().closing().isEmpty()
                                && (!model.traits().revokes() || (outside.valid() >>> version.number() & 1) != 0)
                        || version.held().isPresent();
            case REVOKED, DESTROYED -> true;
            case RETIRING -> version.held().isPresent();
            case STAGED, PUBLISHED, REVOKING -> false;
        };
    }
}
