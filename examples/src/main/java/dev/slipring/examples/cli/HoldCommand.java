package dev.slipring.examples.cli;

import dev.slipring.rotation.Command;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Forbids to revoke a version. */
@CommandLine.Command(
        name = "hold",
        description = "Forbid to revoke a version until it is released. The replicas read this in the record.")
final class HoldCommand extends OrderCommand {
    @Parameters(index = "1", paramLabel = "VERSION", description = "number of the version")
    int version;

    HoldCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply give(Desk desk) {
        Command hold = new Command.Hold(version, order.by(around()), order.reason());
        return given(
                ordered(desk, hold),
                "version " + version + " is held",
                List.of(Reply.Field.of("version", version), new Reply.Field("held", "true")));
    }
}
