package dev.slipring.jdbc.store;

import dev.slipring.contract.Records;
import dev.slipring.jdbc.ConnectingDataSource;
import dev.slipring.keyring.SecretValue;
import dev.slipring.keyring.Ticker;
import dev.slipring.store.SecretRecord;
import dev.slipring.store.WriteWindow;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;

/** Writes epoch after epoch, a value before each, until it is killed: {@code <url> <schema>}. Says which it wrote. */
final class WritingProcess {
    private WritingProcess() {}

    public static void main(String[] args) {
        JdbcSecretStore store = JdbcSecretStore.builder(
                        new ConnectingDataSource(() -> DriverManager.getConnection(args[0])))
                .schema(args[1])
                .unsealed("a test");
        while (true) {
            long epoch =
                    store.read(Records.NAME).record().map(SecretRecord::epoch).orElse(0L) + 1;
            store.putValueIfAbsent(Records.NAME, (int) epoch, value(epoch));
            if (store.compareAndSet(Records.at(epoch, "p"), WriteWindow.open(Ticker.system(), Duration.ofMinutes(5)))) {
                System.out.println(epoch);
            }
        }
    }

    static SecretValue value(long epoch) {
        byte[] bytes = new byte[SecretValue.MAX_LENGTH];
        Arrays.fill(bytes, (byte) epoch);
        return SecretValue.copyOf(bytes);
    }
}
