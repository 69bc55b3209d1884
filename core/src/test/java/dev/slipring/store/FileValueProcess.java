package dev.slipring.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.contract.Records;
import dev.slipring.keyring.SecretValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Another process that replaces a value in a {@link FileSecretStore}: {@code <directory> <version>}. Says
 * {@code ready}, waits for a line, then counts the value up over and over; says {@code won} for each time that it did,
 * and {@code gone} when there is no value any more.
 */
final class FileValueProcess {
    private FileValueProcess() {}

    public static void main(String[] args) throws IOException {
        SecretStore store = FileSecretStore.in(Path.of(args[0]));
        int version = Integer.parseInt(args[1]);
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
        for (Optional<SecretValue> seen = store.value(Records.NAME, version);
                seen.isPresent();
                seen = store.value(Records.NAME, version)) {
            SecretValue next =
                    SecretValue.copyOf(Integer.toString(count(seen.get()) + 1).getBytes(UTF_8));
            if (store.replaceValue(Records.NAME, version, seen.get(), next)) {
                out.println("won");
            }
        }
        out.println("gone");
    }

    /** The number that {@code value} is in text. */
    static int count(SecretValue value) {
        return Integer.parseInt(value.reveal(bytes -> new String(bytes, UTF_8)));
    }
}
