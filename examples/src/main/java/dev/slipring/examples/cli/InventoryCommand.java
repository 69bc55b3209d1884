package dev.slipring.examples.cli;

import dev.slipring.observe.inventory.Inventory;
import dev.slipring.rotation.Environment;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists every secret of a store, for a person, a program or a browser. */
@CommandLine.Command(
        name = "inventory",
        description = "List every secret with its versions, states and ages, as text, as JSON or as a page with time"
                + " lines. Next steps and deadlines take the policies, which the application's own inventory has."
                + " Reads no values.")
final class InventoryCommand extends Subcommand {
    @Mixin
    final StoreOptions stores = new StoreOptions();

    @Option(names = "--html", description = "print a self-contained page for a browser")
    boolean html;

    @Option(
            names = "--environment",
            paramLabel = "ENVIRONMENT",
            description = "what the secrets are for: ${COMPLETION-CANDIDATES}")
    Environment environment = Environment.UNDECLARED;

    InventoryCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        try (OpenStore open = stores.open(around(), StoreOptions.Use.RECORDS)) {
            Inventory inventory = Inventory.reading(open.store())
                    .environment(environment)
                    .at(around().time().clock().instant());
            String shown = html ? inventory.html() : inventory.text();
            return Reply.done(
                    List.of(new Reply.Field("inventory", inventory.json())),
                    shown.lines().toList());
        }
    }
}
