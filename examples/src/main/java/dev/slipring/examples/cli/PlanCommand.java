package dev.slipring.examples.cli;

import dev.slipring.rotation.RotationPlan;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.store.SecretRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what comes next. */
@CommandLine.Command(
        name = "plan",
        description =
                "Tell which dated steps a secret has before it, if all goes well. The timing is that of the record;"
                        + " the maximum age, which only the application's policy has, is assumed.")
final class PlanCommand extends Subcommand {
    @Mixin
    final SecretArgument secret = new SecretArgument();

    @Mixin
    final StoreOptions stores = new StoreOptions();

    @Option(
            names = "--max-age",
            paramLabel = "TIME",
            description =
                    "the maximum age of the application's policy; 90d for session keys, API keys and webhooks, 180d"
                            + " for encryption keys, 30d for logins unless given")
    @Nullable
    Duration maxAge;

    PlanCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        try (OpenStore open = stores.open(around(), StoreOptions.Use.RECORDS)) {
            SecretRecord record = OrderCommand.existing(open.store(), secret.name());
            StatedKind kind = StatedKind.of(record, secret.kind);
            Duration assumed = maxAge == null ? kind.maxAge() : maxAge;
            Rotator rotator;
            try {
                RotationPolicy policy = kind.policy(record.rotation().timing(), assumed);
                rotator = OrderCommand.ordering(open.store(), record, kind, policy)
                        .build();
            } catch (IllegalArgumentException e) {
                throw NotDoneException.usage("secret " + record.secret() + " cannot have a maximum age of " + assumed
                        + " as one of kind " + kind + ": " + e.getMessage());
            }
            RotationPlan plan = rotator.plan();
            List<String> lines = new ArrayList<>();
            lines.add("secret " + record.secret() + ", of kind " + kind + ", maximum age " + assumed + " assumed:");
            lines.addAll(Plans.lines(plan));
            return Reply.done(
                    List.of(
                            Reply.Field.of("secret", record.secret().value()),
                            Reply.Field.of("kind", kind.word()),
                            Reply.Field.of("assumedMaxAge", assumed.toString()),
                            new Reply.Field("plan", Plans.json(plan))),
                    lines);
        }
    }
}
