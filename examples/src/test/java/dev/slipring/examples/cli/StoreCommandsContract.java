package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.keyring.SecretName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands promise on every kind of store. */
abstract class StoreCommandsContract {
    /** The secret that somebody may read, and nothing else, after {@link #readOnly()}. */
    static final SecretName COOKIE = SecretName.of("cookie");

    private static final String KEY = "key-of-a-partner-4711";

    @TempDir
    Path directory;

    Shell shell;

    /** Makes an empty store and the environment of {@link #shell} name it. */
    abstract void open() throws Exception;

    /** Leaves the one at the shell no right but to read {@link #COOKIE}. */
    abstract void readOnly() throws Exception;

    /** Makes the store unreachable. */
    abstract void goAway() throws IOException;

    /** What no message may show. */
    abstract Set<String> credentials();

    /** Options that name the store, beyond the environment. */
    List<String> options() {
        return List.of();
    }

    @BeforeEach
    final void begin() throws Exception {
        shell = new Shell(directory.resolve("store"));
        shell.environment.put("SLIPRING_AUDIT", directory.resolve("audit").toString());
        open();
    }

    final Shell.Run run(String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(options());
        return shell.run(all);
    }

    private String json(int code, String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.add("--json");
        Shell.Run run = run(all.toArray(String[]::new));
        assertThat(run.code()).as("%s: %s", all, run).isEqualTo(code);
        return run.out().strip();
    }

    // ---- all is well

    @Test
    void commands_oneAfterTheOther_areCarriedOutAndAudited() {
        assertThat(json(0, "generate", "cookie", "--kind", "session"))
                .isEqualTo("{\"command\":\"generate\",\"outcome\":\"done\",\"secret\":\"cookie\",\"kind\":\"session\","
                        + "\"version\":1}");
        assertThat(json(1, "generate", "cookie", "--kind", "session"))
                .isEqualTo(
                        "{\"command\":\"generate\",\"outcome\":\"refused\",\"why\":\"secret cookie exists already\"}");
        assertThat(json(0, "status", "cookie"))
                .startsWith("{\"command\":\"status\",\"outcome\":\"done\",\"secrets\":[{\"name\":\"cookie\","
                        + "\"phase\":\"IDLE\",\"incarnation\":1,\"epoch\":1,\"sequence\":1,")
                .contains("\"primary\":1,");
        assertThat(json(0, "plan", "cookie", "--kind", "session")).contains("\"step\":\"Begin\",\"version\":2");
        assertThat(json(0, "rotate", "cookie", "--kind", "session", "--reason", "quarterly"))
                .isEqualTo("{\"command\":\"rotate\",\"outcome\":\"done\",\"secret\":\"cookie\",\"epoch\":2,"
                        + "\"phase\":\"MINTING\",\"sequence\":2,\"version\":2}");
        assertThat(json(1, "rotate", "cookie", "--kind", "session", "--reason", "quarterly"))
                .contains("\"outcome\":\"refused\",\"why\":\"secret cookie: rotation 2 is under way, phase MINTING\"");
        assertThat(json(0, "hold", "cookie", "1", "--kind", "session", "--reason", "court"))
                .endsWith("\"epoch\":3,\"phase\":\"MINTING\",\"version\":1,\"held\":true}");
        assertThat(run("status").out()).contains("HELD by ada at ", ": court");
        assertThat(json(2, "release", "cookie", "1", "--kind", "session", "--reason", "over"))
                .contains("\"outcome\":\"usage\"", "give --yes");
        assertThat(json(0, "release", "cookie", "1", "--kind", "session", "--reason", "over", "--yes"))
                .endsWith("\"version\":1,\"held\":false}");
        assertThat(json(0, "compromised", "cookie", "--kind", "session", "--reason", "leaked", "--yes"))
                .startsWith("{\"command\":\"compromised\",\"outcome\":\"done\",\"secret\":\"cookie\",\"epoch\":5,")
                .contains("\"price\":{\"plan\":\"REVOKE_FIRST\"");
        assertThat(run("status").out()).contains("EMERGENCY of versions [1, 2], REVOKE_FIRST, by ada at ");
        assertThat(json(0, "inventory")).contains("\"cookie\"", "\"inventory\":{\"format\"");
        assertThat(shell.run("verify-audit", directory.resolve("audit").toString())
                        .out())
                .contains(": intact, 5 events in 6 lines");
    }

    @Test
    void provide_onEveryStore_keepsTheValueOutOfEverythingPrinted() {
        shell.piping(KEY);
        assertThat(json(0, "generate", "partner", "--kind", "api-key", "--service", "P", "--import"))
                .contains("\"kind\":\"api-key\"");
        shell.piping(KEY + "-of-the-next-quarter");
        assertThat(json(0, "provide", "partner", "--kind", "api-key", "--reason", "quarterly", "--label", "id 7"))
                .startsWith("{\"command\":\"provide\",\"outcome\":\"done\",\"secret\":\"partner\",")
                .endsWith("\"version\":2}");
        shell.piping(KEY);
        assertThat(json(1, "provide", "partner", "--kind", "api-key", "--reason", "again"))
                .contains("the value is that of version 1, which is PRIMARY");

        assertThat(run("status", "partner").out()).contains("service=P", "label=id 7");
        assertThat(run("names").lines()).containsExactly("partner");
        assertThat(shell.printed).noneMatch(text -> text.contains("4711"));
    }

    @Test
    void secret_thatIsNotInTheStore_isRefused() {
        run("generate", "cookie", "--kind", "session");

        for (List<String> line : List.of(
                List.of("status", "biscuit"),
                List.of("plan", "biscuit"),
                List.of("rotate", "biscuit", "--reason", "quarterly"),
                List.of("hold", "biscuit", "1", "--reason", "court"))) {
            assertThat(run(line.toArray(String[]::new)))
                    .isEqualTo(new Shell.Run(1, "", "slipring: secret biscuit does not exist in this store\n"));
        }
    }

    // ---- something is not

    @Test
    void store_thatIsAway_failsOnOneLine() throws IOException {
        run("generate", "cookie", "--kind", "session");

        goAway();

        failsOnOneLine("status");
        failsOnOneLine("generate", "other", "--kind", "session");
        failsOnOneLine("hold", "cookie", "1", "--kind", "session", "--reason", "court");
    }

    @Test
    void reader_whoOrders_failsOnOneLineAndChangesNothing() throws Exception {
        run("generate", "cookie", "--kind", "session");

        readOnly();

        String before = json(0, "plan", "cookie", "--kind", "session");
        failsOnOneLine("rotate", "cookie", "--kind", "session", "--reason", "quarterly");
        failsOnOneLine("compromised", "cookie", "--kind", "session", "--reason", "leaked", "--yes");
        failsOnOneLine("generate", "other", "--kind", "session");
        assertThat(json(0, "plan", "cookie", "--kind", "session")).isEqualTo(before);
    }

    final void failsOnOneLine(String... line) {
        String answer = json(3, line);
        String told = shell.printed.get(shell.printed.size() - 1);
        assertThat(answer).contains("\"outcome\":\"failed\",\"why\":\"");
        assertThat(told.lines().filter(text -> text.startsWith("slipring: ")))
                .as(told)
                .hasSize(1);
        assertThat(answer + told).doesNotContain("\tat ", "null");
        assertThat(credentials()).noneMatch((answer + told)::contains);
    }
}
