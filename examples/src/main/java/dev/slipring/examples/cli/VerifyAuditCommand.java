package dev.slipring.examples.cli;

import dev.slipring.examples.Json;
import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.audit.EmergencyRecord;
import dev.slipring.observe.audit.TrailCheck;
import dev.slipring.observe.audit.TrailVerdict;
import dev.slipring.rotation.AuditEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks an audit trail. */
@CommandLine.Command(
        name = "verify-audit",
        description =
                "Check that no line of an audit trail was changed, taken out, put in or moved. Lines cut off at the"
                        + " end show only against a hash that was noted elsewhere: --noted.")
final class VerifyAuditCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "DIR", description = "the directory of the trail, or a copy of it")
    Path directory = Path.of("");

    @Option(
            names = "--audit-key",
            paramLabel = "FILE",
            description = "the file with the key of the trail, for its owner only")
    @Nullable
    Path key;

    @Option(
            names = "--noted",
            paramLabel = "HASH",
            description = "the hash of a line that the trail must have, as this command told it before")
    @Nullable
    String noted;

    @Option(names = "--emergencies", description = "tell of each emergency, as Markdown")
    boolean emergencies;

    VerifyAuditCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        if (!Files.isDirectory(directory)) {
            throw NotDoneException.usage(directory + " is not a directory");
        }
        List<AuditEvent> ofEmergencies = new ArrayList<>();
        TrailCheck check = TrailCheck.of(directory).events(event -> {
            if (emergencies && event.inEmergency()) {
                ofEmergencies.add(event);
            }
        });
        if (noted != null) {
            check.noted(noted);
        }
        Optional<SecretValue> opened = Optional.ofNullable(key).map(ValueInput::ofFile);
        opened.ifPresent(check::key);
        TrailVerdict verdict = check.run();
        opened.ifPresent(SecretValue::wipe);
        return verdict instanceof TrailVerdict.Intact intact
                ? intact(intact, EmergencyRecord.of(ofEmergencies))
                : broken((TrailVerdict.Broken) verdict);
    }

    private Reply intact(TrailVerdict.Intact intact, List<EmergencyRecord> records) {
        String head = intact.head().hash();
        List<Reply.Field> fields = new ArrayList<>(List.of(
                Reply.Field.of("directory", directory.toString()),
                Reply.Field.of("lines", intact.lines()),
                Reply.Field.of("events", intact.events()),
                new Reply.Field(
                        "first",
                        intact.first().map(at -> Json.quoted(at.toString())).orElse("null")),
                new Reply.Field(
                        "last",
                        intact.last().map(at -> Json.quoted(at.toString())).orElse("null")),
                Reply.Field.of("head", head)));
        if (emergencies) {
            fields.add(new Reply.Field(
                    "emergencies",
                    Reply.array(records.stream().map(EmergencyRecord::toJson).toList())));
        }
        String told =
                directory + ": intact, " + intact.events() + " events in " + intact.lines() + " lines; head " + head;
        return Reply.done(
                fields,
                Stream.concat(
                                Stream.of(told),
                                records.stream()
                                        .flatMap(record -> record.toMarkdown().lines()))
                        .toList());
    }

    private Reply broken(TrailVerdict.Broken broken) {
        String place = broken.file().isEmpty()
                ? directory.toString()
                : directory.resolve(broken.file()).toString();
        return new Reply(
                Exit.UNSOUND,
                List.of(
                        Reply.Field.of("directory", directory.toString()),
                        Reply.Field.of("file", broken.file()),
                        Reply.Field.of("line", broken.line()),
                        Reply.Field.of("fault", broken.fault().name())),
                List.of(),
                place + " line " + broken.line() + ": " + broken.fault());
    }
}
