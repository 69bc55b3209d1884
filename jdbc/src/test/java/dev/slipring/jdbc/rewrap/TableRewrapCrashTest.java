package dev.slipring.jdbc.rewrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.jdbc.JavaProcess;
import dev.slipring.jdbc.MariaDbServer;
import dev.slipring.jdbc.PostgresServer;
import dev.slipring.jdbc.TestDatabase;
import java.io.BufferedReader;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that move cells and are killed at any moment. */
@Timeout(300)
class TableRewrapCrashTest {
    private static final int ROWS = 2000;
    private static final int KILLS = 3;

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB"})
    void twoRunners_killedInBetween_moveEachCellOnce(TestDatabase.Server server) throws Exception {
        try (TestDatabase database = TestDatabase.on(server)) {
            Notes notes = new Notes(database);
            notes.insertMany(ROWS);
            database.execute(notes.rewrap().schemaSql().split(";\n"));
            boolean postgres = server == TestDatabase.Server.POSTGRES;
            String url = postgres
                    ? PostgresServer.url() + "?user=postgres"
                    : MariaDbServer.url() + "?user=admin&password=admin-clear-password";
            List<Class<?>> driver = List.of(postgres ? org.postgresql.Driver.class : org.mariadb.jdbc.Driver.class);
            long said = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                Process other = JavaProcess.start(RewrapProcess.class, driver, url, database.name());
                Process process = JavaProcess.start(RewrapProcess.class, driver, url, database.name());
                try (BufferedReader out = process.inputReader(UTF_8)) {
                    said = Long.parseLong(out.readLine());
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(20_000_000));
                } finally {
                    process.destroyForcibly().waitFor();
                    other.destroyForcibly().waitFor();
                }
                long moved = notes.bodies().stream()
                        .filter(body -> body.startsWith("2:"))
                        .count();
                assertThat(moved).isGreaterThanOrEqualTo(said).isLessThan(ROWS);
            }
            RewrapProgress end = TableRewrap.builder(database.dataSource(), "killed")
                    .column("notes", "body")
                    .rewrap(Versions::toTwo)
                    .rowsPerSecond(1e9)
                    .build()
                    .run();
            assertThat(end)
                    .isEqualTo(RewrapProgress.begin(ROWS).plus(ROWS, 0, 0, 0).atTheEnd());
            List<String> bodies = notes.bodies();
            for (int id = 1; id <= ROWS; id++) {
                assertThat(bodies.get(id - 1)).isEqualTo("2:note " + id);
            }
        }
    }
}
