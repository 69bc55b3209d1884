package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.audit.AuditTrail;
import dev.slipring.rotation.AuditSink;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who asks, and where that is kept. */
class AuditOptions {
    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_NAME = 100;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "who asks; the user of the operating system unless given")
    @Nullable
    String by;

    @Option(
            names = "--audit",
            paramLabel = "DIR",
            description = "the directory of the audit trail; AUDIT in the directory of a file store unless given, or"
                    + " SLIPRING_AUDIT")
    @Nullable
    Path audit;

    @Option(
            names = "--audit-key",
            paramLabel = "FILE",
            description = "the file with the key of the audit trail, for its owner only")
    @Nullable
    Path auditKey;

    /**
     * {@code reason}, if it can be one.
     *
     * @throws NotDoneException if it cannot
     */
    static String checkedReason(String reason) {
        return checked("--reason", reason, LONGEST_REASON);
    }

    final String by(Surroundings around) {
        return by == null ? Reply.printable(around.user()) : checked("--by", by, LONGEST_NAME);
    }

    /**
     * The trail in which the command is kept before it is carried out.
     *
     * @throws NotDoneException if it cannot be opened
     */
    final AuditSink trail(OpenStore open, Surroundings around) {
        Optional<Path> place = Optional.ofNullable(audit).or(open::auditPlace);
        if (place.isEmpty()) {
            around.tell("slipring: this command is kept in no audit trail: there is no --audit");
            return event -> {};
        }
        AuditTrail.Builder builder = AuditTrail.in(place.get());
        if (auditKey != null) {
            SecretValue key = ValueInput.ofFile(auditKey);
            builder.key(key);
            key.wipe();
        }
        return open.resources().add(builder.build());
    }

    /** A blank or endless text tells nobody anything, and a line break or an escape would forge what is shown. */
    private static String checked(String option, String text, int longest) {
        if (text.isBlank() || text.length() > longest || !text.equals(Reply.printable(text))) {
            throw NotDoneException.usage(
                    "option " + option + " is not one line of 1 to " + longest + " printable characters");
        }
        return text;
    }
}
