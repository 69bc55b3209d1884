package dev.slipring.examples.cli;

import dev.slipring.examples.Json;
import dev.slipring.keyring.SecretName;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Lists names. */
@CommandLine.Command(
        name = "names",
        description = "List the names of the secrets in the store, one a line; the completion of a shell asks this.")
final class NamesCommand extends Subcommand {
    @Mixin
    final StoreOptions stores = new StoreOptions();

    NamesCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        try (OpenStore open = stores.open(around(), StoreOptions.Use.RECORDS)) {
            List<String> names = open.store().names().stream()
                    .sorted()
                    .map(SecretName::value)
                    .toList();
            String array = Reply.array(names.stream().map(Json::quoted).toList());
            return Reply.done(List.of(new Reply.Field("names", array)), names);
        }
    }
}
