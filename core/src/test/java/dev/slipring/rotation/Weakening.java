package dev.slipring.rotation;

import java.util.ArrayList;
import java.util.List;

/**
 * A condition left out, and what then breaks in a small model that is sound with it.
 *
 * @param conjunct the condition
 * @param model a small model in which it matters
 * @param invariant the invariant that is broken without it
 */
record Weakening(Conjunct conjunct, Model model, String invariant) {
    /** The model without the condition. */
    Model weakened() {
        return model.but(model.name() + " without \"" + conjunct + "\"")
                .waiving(conjunct)
                .build();
    }

    @Override
    public String toString() {
        return conjunct + ": " + invariant;
    }

    /**
     * A condition that another one implies: what is readmitted has no moment of retirement that an overlap could be counted
     * from. It only makes the reason for waiting plain.
     */
    static final Conjunct IMPLIED = new Conjunct(Step.Intend.class, Condition.NOT_READMITTED);

    /** One for each condition of each guard. */
    static List<Weakening> all() {
        List<Weakening> all = new ArrayList<>(beginnings());
        all.addAll(promotions());
        all.addAll(returns());
        all.addAll(intents());
        all.addAll(ends());
        return all;
    }

    private static List<Weakening> beginnings() {
        return List.of(
                of(Step.Create.class, Condition.VALUE_STORED, Models.aCookie(0), "AlwaysUsable"),
                of(Step.Create.class, Condition.INSTALLED, Models.anUnprobedKey(0), "AlwaysUsable"),
                of(Step.Create.class, Condition.PROBED_ALIVE, misled(0), "AlwaysUsable"),
                of(Step.Begin.class, Condition.DUE, Models.aCookie(0), "BegunWithCause"),
                of(
                        Step.Begin.class,
                        Condition.RESTED,
                        Models.aCookie(0).allowing(Allowance.JUMP, 1).allowing(Allowance.ABORT, 1),
                        "BegunWithCause"),
                of(
                        Step.Begin.class,
                        Condition.NOT_FROZEN,
                        Models.aCookie(1).allowing(Allowance.ORDER, 1),
                        "BegunWhenAllowed"),
                of(
                        Step.Begin.class,
                        Condition.NOT_CLOSING,
                        Models.aCookie(1).allowing(Allowance.CLOSE, 1),
                        "BegunWhenAllowed"),
                of(Step.Begin.class, Condition.NO_ROTATION_UNDER_WAY, Models.aCookie(2), "SinglePrimary"),
                of(Step.Begin.class, Condition.SLOT_FREE, Models.aLogin(2).engines(2), "SlotOwned"),
                of(Step.Publish.class, Condition.VALUE_STORED, Models.aCookie(1), "AlwaysUsable"),
                of(Step.Publish.class, Condition.INSTALLED, Models.anUnprobedKey(1), "AlwaysUsable"),
                of(Step.Publish.class, Condition.NOT_COMPROMISED, leaking(1), "NoCompromisedReturn"));
    }

    private static List<Weakening> promotions() {
        return List.of(
                of(Step.Promote.class, Condition.EVERY_REPLICA_ACCEPTS, Models.aCookie(1), "NoEarlyUse"),
                of(Step.Promote.class, Condition.NOT_COMPROMISED, leaking(1), "NoCompromisedReturn"),
                of(Step.Abort.class, Condition.NOT_SWITCHED, aborting(), "AlwaysUsable"),
                of(
                        Step.Retire.class,
                        Condition.INSTALLED,
                        Models.aWebhook(1).allowing(Allowance.ABORT, 1),
                        "NoEarlyUse"),
                of(Step.Retire.class, Condition.NO_INSTALL_UNDER_WAY, aborting(), "LateStatementsLanded"),
                of(
                        Step.Retire.class,
                        Condition.NOT_COMPROMISED,
                        aborting().allowing(Allowance.LEAK, 1),
                        "NoCompromisedReturn"),
                of(Step.Promote.class, Condition.INSTALLED, Models.aSingleLogin(1), "PrimaryValid"),
                of(Step.Promote.class, Condition.PROBED_ALIVE, misled(1), "AlwaysUsable"),
                of(Step.Park.class, Condition.OVERLAP_PASSED, Models.aCookie(1), "RollbackOpen"),
                of(Step.Park.class, Condition.SLOT_GIVEN_BACK, Models.aLogin(1), "RollbackOpen"),
                of(
                        Step.Abort.class,
                        Condition.NOT_HELD,
                        Models.aCookie(1).allowing(Allowance.HOLD, 1).allowing(Allowance.ABORT, 1),
                        "HoldRespected"),
                of(
                        Step.Abort.class,
                        Condition.NO_OTHER_REVOKING,
                        unclear().allowing(Allowance.ABORT, 1),
                        "SinglePrimary"));
    }

    private static List<Weakening> returns() {
        Model.Builder cookie = Models.aCookie(1).allowing(Allowance.ROLLBACK, 1);
        Model.Builder leaking = leaking(1).allowing(Allowance.ROLLBACK, 1);
        Model.Builder vanishing = Models.aKey(1).allowing(Allowance.ROLLBACK, 1).allowing(Allowance.VANISH, 1);
        return List.of(
                of(
                        Step.Readmit.class,
                        Condition.NOT_READMITTED,
                        Models.aCookie(1).allowing(Allowance.ROLLBACK, 2),
                        "RollbackOnce"),
                of(Step.Readmit.class, Condition.NOT_COMPROMISED, leaking, "NoCompromisedReturn"),
                of(Step.Readmit.class, Condition.PROBED_ALIVE, vanishing, "NoDeadReturn"),
                of(Step.Swap.class, Condition.OLD_VERSION_READMITTED, cookie, "NoEarlyUse"),
                of(Step.Swap.class, Condition.NOT_COMPROMISED, leaking, "NoCompromisedReturn"),
                of(
                        Step.Swap.class,
                        Condition.INSTALLED,
                        Models.aSingleLogin(1).allowing(Allowance.ROLLBACK, 1),
                        "PrimaryValid"),
                of(Step.Swap.class, Condition.PROBED_ALIVE, vanishing, "AlwaysUsable"));
    }

    private static List<Weakening> intents() {
        return List.of(
                of(
                        Step.Intend.class,
                        Condition.NOT_HELD,
                        Models.aCookie(1).allowing(Allowance.HOLD, 1),
                        "HoldRespected"),
                of(Step.Intend.class, Condition.NO_OTHER_REVOKING, unclear(), "SinglePrimary"),
                of(
                        Step.Intend.class,
                        Condition.INSTALLED,
                        Models.aSingleLogin(1).allowing(Allowance.ROLLBACK, 1).allowing(Allowance.ABORT, 1),
                        "AlwaysUsable"),
                of(Step.Intend.class, Condition.OVERLAP_PASSED, Models.aCookie(1), "NoRevokeInUse"),
                of(
                        Step.Intend.class,
                        Condition.IDLE_AT_ISSUER,
                        Models.aLogin(1).with(Model.Feature.OUTAGES),
                        "NoRevokeInUse"),
                of(Step.Intend.class, Condition.ACKNOWLEDGED, reporting(), "EvidenceComplete"),
                of(Step.Intend.class, Condition.IDLE_IN_REPLICAS, reporting(), "EvidenceComplete"),
                of(Step.Intend.class, Condition.NEW_VERSION_IN_USE, reporting(), "EvidenceComplete"),
                of(Step.Intend.class, Condition.CENSUS_LATE_ENOUGH, Models.aKek(1), "NoRevokeInUse"),
                of(Step.Intend.class, Condition.CENSUS_ZERO, Models.aKek(1), "NoRevokeInUse"));
    }

    private static List<Weakening> ends() {
        Model.Builder switched = aborting().allowing(Allowance.LEAK, 1);
        Model.Builder orphaning =
                Models.orphaning("a key that may be lost").engines(1).readers(1).allowing(Allowance.ROTATE, 1);
        return List.of(
                of(Step.Done.class, Condition.INSTALLED, switched, "AlwaysUsable"),
                of(
                        Step.Done.class,
                        Condition.NO_INSTALL_UNDER_WAY,
                        Models.aKey(1).engines(2).allowing(Allowance.ABORT, 1),
                        "NoLostKey"),
                of(
                        Step.Resolve.class,
                        Condition.EVERY_MEMBER_REVOKED,
                        Models.anUnprobedKey(0).allowing(Allowance.COMPROMISE, 1),
                        "ResolvedWhenOver"),
                of(
                        Step.Resolve.class,
                        Condition.NO_REPLICA_BEHIND,
                        Models.aCookie(0).allowing(Allowance.COMPROMISE, 1),
                        "ResolvedWhenOver"),
                of(
                        Step.Sweep.class,
                        Condition.NO_ROTATION_UNDER_WAY,
                        orphaning.allowing(Allowance.FAIL, 1),
                        "NoMintSwept"),
                of(Step.Sweep.class, Condition.NO_MINT_UNDER_WAY, orphaning, "NoMintSwept"),
                of(Step.Done.class, Condition.REVOKED_AT_ISSUER, Models.anUnprobedKey(1), "NoLostKey"),
                of(Step.Done.class, Condition.PROBED_DEAD, misled(1), "NoLostKey"),
                of(Step.Destroy.class, Condition.OPERATOR_ASKED, Models.aKek(1), "ErasedOnWord"),
                of(
                        Step.Destroy.class,
                        Condition.CENSUS_ZERO,
                        Models.aKek(1).allowing(Allowance.DESTROY, 1),
                        "NothingLost"),
                of(Step.Destroy.class, Condition.SOAK_PASSED, Models.aCookie(1), "SoakKept"),
                of(
                        Step.Destroy.class,
                        Condition.NOT_HELD,
                        Models.aCookie(1).allowing(Allowance.HOLD, 1),
                        "HoldRespected"),
                of(Step.Destroy.class, Condition.ERASED, Models.aCookie(1), "ErasedWhenSaid"));
    }

    /** A cookie key that others may get hold of once. */
    private static Model.Builder leaking(int rotations) {
        return Models.aCookie(rotations).allowing(Allowance.COMPROMISE, 1);
    }

    /** One value at a time, and a rotation that may be given up. */
    private static Model.Builder aborting() {
        return Models.aSingleLogin(1).allowing(Allowance.ABORT, 1);
    }

    /** Replicas that report. */
    private static Model.Builder reporting() {
        return Models.acknowledged("a cookie key whose replicas report")
                .engines(1)
                .readers(1)
                .allowing(Allowance.ROTATE, 1);
    }

    /** An issuer that once says that it has done something and has not. */
    private static Model.Builder misled(int rotations) {
        return Models.aKey(rotations).allowing(Allowance.MISLEAD, 1);
    }

    /** An issuer of which it cannot always be told whether a revoked key still works. */
    private static Model.Builder unclear() {
        return Models.aKey(2).with(Model.Feature.INCONCLUSIVE);
    }

    private static Weakening of(
            Class<? extends Step> transition, Condition condition, Model.Builder model, String invariant) {
        return new Weakening(new Conjunct(transition, condition), model.build(), invariant);
    }
}
