package dev.slipring.jdbc.store;

import static dev.slipring.contract.Records.NAME;
import static dev.slipring.contract.Records.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.JavaProcess;
import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.TestDatabase;
import dev.slipring.store.SecretRecord;
import java.io.BufferedReader;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that write and are killed at any moment. */
@Timeout(300)
class JdbcSecretStoreCrashTest {
    private static final int KILLS = 3;

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB"})
    void twoWriters_killedInBetween_leaveWholeRecordsAndValues(TestDatabase.Server server) throws Exception {
        try (TestDatabase database = TestDatabase.on(server)) {
            JdbcSecretStore store = JdbcSecretStore.builder(database.dataSource())
                    .createTables()
                    .unsealed("a test");
            boolean postgres = server == TestDatabase.Server.POSTGRES;
            String url = postgres
                    ? PostgresServer.url() + "?user=postgres"
                    : MariaDbServer.url() + "?user=admin&password=admin-clear-password";
            List<Class<?>> driver = List.of(postgres ? org.postgresql.Driver.class : org.mariadb.jdbc.Driver.class);
            for (int kill = 0; kill < KILLS; kill++) {
                long said = 0;
                Process other = JavaProcess.start(WritingProcess.class, driver, url, database.name());
                Process process = JavaProcess.start(WritingProcess.class, driver, url, database.name());
                try (BufferedReader out = process.inputReader(UTF_8)) {
                    said = Long.parseLong(out.readLine());
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(50_000_000));
                } finally {
                    process.destroyForcibly().waitFor();
                    other.destroyForcibly().waitFor();
                }
                SecretRecord record = store.read(NAME).record().orElseThrow();
                assertThat(record).isEqualTo(at(record.epoch(), "p"));
                assertThat(record.epoch()).isGreaterThanOrEqualTo(said);
                for (long epoch = 1; epoch <= record.epoch(); epoch++) {
                    assertThat(store.value(NAME, (int) epoch)).contains(WritingProcess.value(epoch));
                }
            }
        }
    }
}
