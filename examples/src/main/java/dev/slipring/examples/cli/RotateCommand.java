package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretVersion;
import dev.slipring.keyring.VersionState;
import dev.slipring.rotation.Command;
import dev.slipring.store.Phase;
import dev.slipring.store.SecretRecord;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Begins a rotation. */
@CommandLine.Command(
        name = "rotate",
        description = "Begin a rotation now instead of when it is due. Only the beginning is written here: a replica of"
                + " the application makes the new version and carries on, with its issuer and its policy.")
final class RotateCommand extends OrderCommand {
    @Mixin
    final Following following = new Following();

    RotateCommand(Surroundings around) {
        super(around);
    }

    @Override
    void check(SecretRecord record) {
        String secret = "secret " + record.secret();
        if (record.versions().stream().anyMatch(version -> version.slot().isPresent())) {
            throw NotDoneException.refused(secret + " takes turns between slots that its issuer knows, and only the"
                    + " application has that: let it call Slipring.rotate");
        } else if (StatedKind.service(record).isPresent()) {
            throw NotDoneException.refused(
                    secret + " is rotated by providing its next value: slipring provide " + record.secret());
        }
    }

    @Override
    Reply give(Desk desk) throws InterruptedException {
        SecretRecord begun = ordered(desk, new Command.Rotate(order.by(around()), order.reason()));
        int version = begun.versions().get(begun.versions().size() - 1).number();
        Reply reply = given(
                begun,
                "rotation " + begun.rotation().sequence() + " begins with version " + version
                        + "; the replicas carry it out",
                List.of(Reply.Field.of("sequence", begun.rotation().sequence()), Reply.Field.of("version", version)));
        return following.then(
                reply,
                new Following.Watched(around(), desk.store(), begun.secret(), record -> progress(record, version)));
    }

    /** In use, given up, or on its way. */
    static Following.Progress progress(SecretRecord record, int number) {
        Optional<SecretVersion> version = record.version(number);
        VersionState state = version.map(SecretVersion::state).orElse(VersionState.DESTROYED);
        if (state.produces() || state == VersionState.RETIRING) {
            return Following.Progress.over("version " + number + " is in use");
        } else if (state.compareTo(VersionState.REVOKING) >= 0 || record.phase() == Phase.ABORTING) {
            return Following.Progress.failed("the rotation was aborted: version " + number + " is " + state);
        }
        return Following.Progress.going("version " + number + " is " + state + ", phase " + record.phase());
    }
}
