package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import dev.slipring.store.Reading;
import dev.slipring.store.SecretStore;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells how secrets stand. */
@CommandLine.Command(
        name = "status",
        description = "Tell how secrets stand by their records: phase, versions, marks, orders and replicas. Reads no"
                + " values.")
final class StatusCommand extends Subcommand {
    @Parameters(arity = "0..*", paramLabel = "NAME", description = "names of secrets; all of the store unless given")
    List<String> names = new ArrayList<>();

    @Mixin
    final StoreOptions stores = new StoreOptions();

    StatusCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        List<SecretName> asked = names.stream().map(SecretArgument::name).toList();
        try (OpenStore open = stores.open(around(), StoreOptions.Use.RECORDS)) {
            List<SecretName> all =
                    asked.isEmpty() ? open.store().names().stream().sorted().toList() : asked;
            List<String> lines = new ArrayList<>();
            List<String> json = new ArrayList<>();
            for (SecretName name : all) {
                Standing standing = standing(open.store(), name);
                lines.addAll(standing.lines());
                json.add(standing.json());
            }
            return Reply.done(
                    List.of(new Reply.Field("secrets", Reply.array(json))),
                    lines.isEmpty() ? List.of("no secrets") : lines);
        }
    }

    private static Standing standing(SecretStore store, SecretName name) {
        Reading reading = store.read(name);
        return new Standing(OrderCommand.existing(reading, name), store.reports(name), reading.storeNow());
    }
}
