package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The secret that a command is about. */
final class SecretArgument {
    @Parameters(index = "0", paramLabel = "NAME", description = "name of the secret")
    String text = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "what the secret is for, where its record does not show it: ${COMPLETION-CANDIDATES}")
    @Nullable
    StatedKind kind;

    SecretName name() {
        return name(text);
    }

    /** What is no name is not repeated: it may be a value in the wrong place. */
    static SecretName name(String text) {
        if (!SecretName.isLegal(text)) {
            throw NotDoneException.usage(
                    "NAME is not 1 to 64 characters of a-z 0-9 . _ - that begin with a letter or digit");
        }
        return SecretName.of(text);
    }
}
