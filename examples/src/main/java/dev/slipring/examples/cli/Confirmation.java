package dev.slipring.examples.cli;

import dev.slipring.keyring.SecretName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import picocli.CommandLine.Option;

/** A last question before what nothing takes back. */
final class Confirmation {
    @Option(names = "--yes", description = "do not ask for confirmation, as in a script")
    boolean yes;

    /**
     * Has the operator type the name of the secret.
     *
     * @throws NotDoneException if something else is typed, or there is nobody to ask
     */
    void ask(Surroundings around, SecretName secret, String consequence) {
        if (yes) {
            return;
        }
        if (!around.streams().terminal()) {
            throw NotDoneException.usage(consequence + ", and there is no terminal to confirm it on: give --yes");
        }
        around.streams().err().print(consequence + ". To go on, type the name of the secret: ");
        around.streams().err().flush();
        if (!secret.value().equals(line(around))) {
            throw NotDoneException.usage("not confirmed: nothing was done");
        }
    }

    private static String line(Surroundings around) {
        try {
            String line = new BufferedReader(
                            new InputStreamReader(around.streams().in(), Charset.defaultCharset()))
                    .readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw NotDoneException.failed("the terminal cannot be read", e);
        }
    }
}
