package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Command;
import dev.slipring.store.SecretRecord;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Provides a value that was made elsewhere. */
@CommandLine.Command(
        name = "provide",
        description =
                "Put a value that was made elsewhere, such as in a service's dashboard, to use as the next version."
                        + " It is read from the standard input or a file, never from an argument. Its form is looked at here; the"
                        + " replicas try it, where they can, before they use it.")
final class ProvideCommand extends OrderCommand {
    @Mixin
    final ValueInput input = new ValueInput();

    @Option(
            names = "--label",
            paramLabel = "TEXT",
            description = "how to find the value again where it was made; kept, and must hold no part of it")
    String label = "";

    @Mixin
    final Following following = new Following();

    ProvideCommand(Surroundings around) {
        super(around);
    }

    @Override
    StoreOptions.Use use() {
        return StoreOptions.Use.VALUES;
    }

    @Override
    void check(SecretRecord record) {
        if (StatedKind.service(record).isEmpty()) {
            throw NotDoneException.refused("secret " + record.secret()
                    + ": its values are made by its issuer in the application, not provided; slipring rotate "
                    + record.secret() + " begins a rotation");
        }
    }

    @Override
    Reply give(Desk desk) throws InterruptedException {
        Command.Provide command = command();
        SecretValue value = input.read(around());
        try {
            SecretRecord after = accepted(desk.record().secret(), desk.rotator().provide(value, command));
            int version = after.versions().get(after.versions().size() - 1).number();
            Reply reply = given(
                    after,
                    "the value is stored as version " + version + "; the replicas put it to use",
                    List.of(Reply.Field.of("version", version)));
            return following.then(
                    reply,
                    new Following.Watched(
                            around(), desk.store(), after.secret(), record -> RotateCommand.progress(record, version)));
        } finally {
            value.wipe();
        }
    }

    private Command.Provide command() {
        if (label.length() > Command.Provide.MAX_LABEL || !label.equals(Reply.printable(label))) {
            throw NotDoneException.usage(
                    "option --label is not one line of at most " + Command.Provide.MAX_LABEL + " printable characters");
        }
        return new Command.Provide(label, order.by(around()), order.reason());
    }
}
