package dev.slipring.rotation;

import dev.slipring.rotation.Parts.Outside;
import dev.slipring.store.SecretRecord;
import java.util.Optional;

/** What effects do to the world outside the record, and what they show. Without fencing a late statement does harm. */
final class IssuerTruth {
    private final Model model;

    IssuerTruth(Model model) {
        this.model = model;
    }

    /** The world after an effect. */
    Outside after(Step.Effect effect, Outside now, int mates) {
        int bit = 1 << effect.issuance().version();
        if (effect instanceof Step.Mint) {
            return mint(now, bit);
        } else if (effect instanceof Step.Install) {
            return refused(effect, now, mates) ? now : install(now, bit, mates);
        } else if (effect instanceof Step.Revoke) {
            int lost = model.has(Model.Feature.FENCED) ? bit : bit | mates;
            return new Outside(now.valid() & ~lost, now.gone() | bit, now.stored(), now.erased(), now.orphans());
        } else if (effect instanceof Step.Erase) {
            return new Outside(now.valid(), now.gone(), now.stored() & ~bit, now.erased() | bit, now.orphans());
        } else if (effect instanceof Step.Sweep) {
            int later = -2 << effect.issuance().version();
            return new Outside(now.valid(), now.gone(), now.stored(), now.erased(), now.orphans() & later);
        }
        return now;
    }

    private Outside mint(Outside now, int bit) {
        if (((now.stored() | now.erased()) & bit) != 0) {
            return now;
        }
        int valid = model.has(Model.Feature.ISSUER_MINTS) ? now.valid() | bit : now.valid();
        return new Outside(valid, now.gone(), now.stored() | bit, now.erased(), now.orphans());
    }

    private Outside install(Outside now, int bit, int mates) {
        if (model.has(Model.Feature.ISSUER_MINTS)) {
            return now;
        }
        int valid = model.switching() ? bit : now.valid() & ~mates | bit;
        return new Outside(valid, now.gone(), now.stored(), now.erased(), now.orphans());
    }

    /** Whether the issuer tells that a statement to install is out of date. */
    boolean refused(Step.Effect effect, Outside now, int mates) {
        int version = effect.issuance().version();
        int later = mates & -1 << version;
        return effect instanceof Step.Install
                && model.has(Model.Feature.FENCED)
                && ((now.gone() >>> version & 1) != 0 || ((now.valid() | now.gone()) & later) != 0);
    }

    /** The other versions that have the same slot. */
    static int mates(Step.Effect effect, SecretRecord record) {
        Optional<String> slot = effect.issuance().slot();
        return slot.isEmpty()
                ? 0
                : record.versions().stream()
                        .filter(v -> v.slot().equals(slot)
                                && v.number() != effect.issuance().version())
                        .mapToInt(v -> 1 << v.number())
                        .sum();
    }

    /** What the effect shows, if nothing hinders it; {@code using} says which versions are in use. */
    Evidence shown(Step.Effect effect, Evidence evidence, Outside after, int using) {
        int version = effect.issuance().version();
        if (effect instanceof Step.Mint) {
            return evidence.stored(version, new Evidence.Stored("f" + version, java.util.Map.of()));
        } else if (effect instanceof Step.Install) {
            return evidence.with(Evidence.Kind.INSTALLED, version);
        } else if (effect instanceof Step.Probe) {
            boolean alive = (after.valid() & after.stored() & 1 << version) != 0;
            return evidence.probed(version, alive ? ProbeVerdict.ALIVE : ProbeVerdict.DEAD);
        } else if (effect instanceof Step.AskUse) {
            return evidence.reported(version, (using >>> version & 1) != 0 ? UseReport.IN_USE : UseReport.IDLE);
        } else if (effect instanceof Step.Revoke) {
            return evidence.with(Evidence.Kind.REVOKED, version);
        } else if (effect instanceof Step.Erase) {
            return evidence.with(Evidence.Kind.ERASED, version);
        }
        return RotationPlan.assumed(effect, evidence, Optional.empty(), RecordTime.NOW);
    }
}
