package dev.slipring.examples.cli;

import dev.slipring.apikey.OperatorIssuer;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretStrength;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.Answer;
import dev.slipring.rotation.Command;
import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.rotation.Rotator;
import dev.slipring.rotation.SecretIssuer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Creates a secret. */
@CommandLine.Command(
        name = "generate",
        description = "Create a secret with a random first value, or with one that is in use already (--import). Its"
                + " record gets the usual timing; replicas with longer durations raise it, shorter ones wait for it.")
final class GenerateCommand extends Subcommand {
    @Mixin
    final SecretArgument secret = new SecretArgument();

    @Mixin
    final StoreOptions stores = new StoreOptions();

    @Mixin
    final AuditOptions audit = new AuditOptions();

    @Mixin
    final ValueInput input = new ValueInput();

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "why; kept in the audit trail, so it must hold no secret")
    String reason = "the first value of a new secret";

    @Option(names = "--import", description = "take the first value from the standard input or --file")
    boolean imports;

    @Option(
            names = "--length",
            paramLabel = "BYTES",
            description = "length of a random value, ${DEFAULT-VALUE} unless given, at least 32")
    int length = RandomIssuer.MIN_LENGTH;

    @Option(
            names = "--service",
            paramLabel = "TEXT",
            description = "for --kind api-key and webhook: the service whose dashboard makes the values")
    @Nullable
    String service;

    @Option(
            names = "--reveal",
            description = "print the value that is now stored, as base64url; without it, no value is ever printed")
    boolean reveal;

    GenerateCommand(Surroundings around) {
        super(around);
    }

    @Override
    Reply answer() {
        SecretName name = secret.name();
        StatedKind kind = secret.kind;
        if (kind == null) {
            throw NotDoneException.usage("a new secret needs --kind, one of " + List.of(StatedKind.values()));
        }
        SecretIssuer issuer = issuer(name, kind);
        RotationPolicy policy = kind.newPolicy(kind.maxAge());
        Command.Create command = new Command.Create(audit.by(around()), AuditOptions.checkedReason(reason));
        Optional<SecretValue> imported = imports ? Optional.of(input.read(around())) : Optional.empty();
        try (OpenStore open = stores.open(around(), StoreOptions.Use.CREATION)) {
            imported.ifPresent(value -> refuseWeak(value, issuer));
            if (open.store().read(name).record().isPresent()) {
                throw NotDoneException.refused("secret " + name + " exists already");
            }
            Rotator.Builder rotator = Rotator.builder(name, open.store(), issuer, policy)
                    .replica("operator-" + UUID.randomUUID())
                    .audit(audit.trail(open, around()))
                    .ordersOnly();
            imported.ifPresent(rotator::adopting);
            create(rotator.build(), command);
            return created(open, name, kind);
        } finally {
            imported.ifPresent(SecretValue::wipe);
        }
    }

    /** Only what needs nobody behind it, or an operator, can be made here. */
    private SecretIssuer issuer(SecretName name, StatedKind kind) {
        boolean random = kind == StatedKind.SESSION || kind == StatedKind.ENCRYPTION;
        if (kind == StatedKind.LOGIN) {
            throw NotDoneException.refused("secret " + name + ": a login is made valid by its database, which only the"
                    + " application's issuer can do: let it create the secret");
        } else if (random && service != null) {
            throw NotDoneException.usage("option --service is for secrets of kind api-key and webhook");
        } else if (random) {
            return random();
        } else if (service == null || service.isBlank() || !imports) {
            throw NotDoneException.usage("a secret of kind " + kind + " is created with a value that its service has"
                    + " made: give --import and --service");
        }
        return OperatorIssuer.withoutProbe(service).build();
    }

    private RandomIssuer random() {
        try {
            return RandomIssuer.bytes(length);
        } catch (IllegalArgumentException e) {
            throw NotDoneException.usage("option --length: " + e.getMessage());
        }
    }

    private static void refuseWeak(SecretValue value, SecretIssuer issuer) {
        if (issuer instanceof RandomIssuer && value.length() < RandomIssuer.MIN_LENGTH) {
            throw NotDoneException.refused("the value has fewer than " + RandomIssuer.MIN_LENGTH + " bytes");
        }
        SecretStrength.flaw(value).ifPresent(flaw -> {
            throw NotDoneException.refused("the value " + flaw);
        });
    }

    private static void create(Rotator rotator, Command.Create command) {
        Answer answer;
        try {
            answer = rotator.command(command);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw NotDoneException.refused(String.valueOf(e.getMessage()));
        }
        OrderCommand.accepted(rotator.name(), answer);
    }

    private Reply created(OpenStore open, SecretName name, StatedKind kind) {
        List<Reply.Field> fields = new ArrayList<>(List.of(
                Reply.Field.of("secret", name.value()),
                Reply.Field.of("kind", kind.word()),
                Reply.Field.of("version", 1)));
        List<String> lines = new ArrayList<>(List.of("secret " + name + " is created with version 1"));
        if (reveal) {
            SecretValue value = open.store().value(name, 1).orElseThrow();
            String shown = value.reveal(Base64.getUrlEncoder().withoutPadding()::encodeToString);
            value.wipe();
            fields.add(Reply.Field.of("value", shown));
            lines.add(shown);
        }
        return Reply.done(fields, lines);
    }
}
