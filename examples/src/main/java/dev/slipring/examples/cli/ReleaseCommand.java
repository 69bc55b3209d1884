package dev.slipring.examples.cli;

import dev.slipring.rotation.Command;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a hold back. */
@CommandLine.Command(
        name = "release",
        description = "Take a hold back. A version whose overlap is over is then revoked at once, so the name of the"
                + " secret has to be typed.")
final class ReleaseCommand extends OrderCommand {
    @Parameters(index = "1", paramLabel = "VERSION", description = "number of the version")
    int version;

    @Mixin
    final Confirmation confirmation = new Confirmation();

    ReleaseCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply give(Desk desk) {
        boolean held =
                desk.record().version(version).filter(v -> v.held().isPresent()).isPresent();
        if (!held) {
            throw NotDoneException.refused(
                    "secret " + desk.record().secret() + ": there is no version " + version + " that is held");
        }
        confirmation.ask(
                around(),
                desk.record().secret(),
                "Version " + version + " may be revoked for good once it is released");
        Command release = new Command.Release(version, order.by(around()), order.reason());
        return given(
                ordered(desk, release),
                "version " + version + " is released",
                List.of(Reply.Field.of("version", version), new Reply.Field("held", "false")));
    }
}
