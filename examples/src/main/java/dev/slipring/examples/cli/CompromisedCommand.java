package dev.slipring.examples.cli;

import dev.slipring.rotation.Command;
import dev.slipring.rotation.EmergencyPlan;
import dev.slipring.store.Emergency;
import dev.slipring.store.SecretRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Declares versions compromised. */
@CommandLine.Command(
        name = "compromised",
        description = "Declare versions compromised: the replicas replace and revoke them at once, and they never come"
                + " back. The price is shown first, and the name of the secret has to be typed.")
final class CompromisedCommand extends OrderCommand {
    /** In which order it is done. */
    enum Plan {
        /** No outage. */
        OVERLAP_FIRST(Emergency.Plan.OVERLAP_FIRST),
        /** The shortest exposure. */
        REVOKE_FIRST(Emergency.Plan.REVOKE_FIRST);

        private final Emergency.Plan plan;

        Plan(Emergency.Plan plan) {
            this.plan = plan;
        }

        @Override
        public String toString() {
            return this == OVERLAP_FIRST ? "overlap-first" : "revoke-first";
        }
    }

    @Option(
            names = "--version",
            paramLabel = "N",
            description = "a compromised version, may be given again; every one that may be valid unless given")
    Set<Integer> versions = new TreeSet<>();

    @Option(
            names = "--plan",
            paramLabel = "PLAN",
            description = "${COMPLETION-CANDIDATES}; what suits the kind unless given: overlap-first for what is"
                    + " presented to others, revoke-first for everything else")
    @Nullable
    Plan plan;

    @Option(
            names = "--deny-reads",
            description =
                    "give up at once what only a compromised encryption key opens, instead of waiting for a census")
    boolean denyReads;

    @Option(names = "--price", description = "show the price and declare nothing")
    boolean priceOnly;

    @Mixin
    final Confirmation confirmation = new Confirmation();

    @Mixin
    final Following following = new Following();

    CompromisedCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply give(Desk desk) throws InterruptedException {
        Command.Compromise usual = Command.Compromise.of(desk.kind().kind(), order.by(around()), order.reason());
        Command.Compromise command = new Command.Compromise(
                versions, plan == null ? usual.plan() : plan.plan, denyReads, usual.by(), usual.reason());
        EmergencyPlan price = price(desk, command);
        Reply.Field priced = new Reply.Field("price", Plans.json(price));
        if (priceOnly) {
            return Reply.done(
                    List.of(Reply.Field.of("secret", price.secret().value()), priced),
                    new ArrayList<>(Plans.lines(price)));
        }
        Plans.lines(price).forEach(around()::tell);
        confirmation.ask(around(), price.secret(), "What is declared compromised is revoked and never comes back");
        SecretRecord after = ordered(desk, command);
        Reply reply = given(
                after,
                "versions " + price.emergency().versions() + " are declared compromised; the replicas replace and"
                        + " revoke them",
                List.of(priced));
        return following.then(
                reply, new Following.Watched(around(), desk.store(), after.secret(), CompromisedCommand::progress));
    }

    private static EmergencyPlan price(Desk desk, Command.Compromise command) {
        try {
            return desk.rotator().price(command);
        } catch (IllegalArgumentException e) {
            throw NotDoneException.refused(String.valueOf(e.getMessage()));
        }
    }

    private static Following.Progress progress(SecretRecord record) {
        return record.orders()
                .emergency()
                .map(open -> Following.Progress.going(
                        "the emergency of versions " + open.versions() + " is open, phase " + record.phase()))
                .orElseGet(() -> Following.Progress.over("the emergency is over"));
    }
}
