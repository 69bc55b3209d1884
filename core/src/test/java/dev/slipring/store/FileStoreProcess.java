package dev.slipring.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.contract.Records;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * Another process that writes to a {@link FileSecretStore}: {@code <directory> <name of this writer> <last epoch>}.
 * Says {@code ready}, waits for a line, then writes the next epoch over and over; says {@code won <epoch>} for each
 * that it wrote, and {@code done} when the last epoch is reached.
 */
final class FileStoreProcess {
    private FileStoreProcess() {}

    public static void main(String[] args) throws IOException {
        SecretStore store = FileSecretStore.in(Path.of(args[0]));
        long last = Long.parseLong(args[2]);
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
        for (long epoch = epoch(store); epoch < last; epoch = epoch(store)) {
            WriteWindow window = WriteWindow.open(Ticker.system(), Duration.ofMinutes(10));
            store.putValueIfAbsent(Records.NAME, (int) epoch + 1, value(epoch + 1));
            if (store.compareAndSet(Records.at(epoch + 1, args[1]), window)) {
                out.println("won " + (epoch + 1));
            }
        }
        out.println("done");
    }

    /** The value that whoever comes first stores for an epoch's version. */
    static SecretValue value(long epoch) {
        byte[] bytes = new byte[1000];
        Arrays.fill(bytes, (byte) epoch);
        return SecretValue.copyOf(bytes);
    }

    private static long epoch(SecretStore store) {
        return store.read(Records.NAME).record().map(SecretRecord::epoch).orElse(0L);
    }
}
