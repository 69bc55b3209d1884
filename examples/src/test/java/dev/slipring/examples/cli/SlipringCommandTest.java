package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.rotation.RandomIssuer;
import dev.slipring.rotation.RotationPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown, and what is refused before a store is touched. */
class SlipringCommandTest {
    @TempDir
    Path directory;

    private Path place;
    private Shell shell;

    @BeforeEach
    void open() {
        place = directory.resolve("store");
        shell = new Shell(place);
    }

    static Stream<String> commands() {
        return Stream.of(
                "generate",
                "status",
                "inventory",
                "plan",
                "rotate",
                "provide",
                "hold",
                "release",
                "compromised",
                "verify-audit",
                "names",
                "completion");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void help_ofEachCommand_tellsItsOptions(String command) {
        assertThat(shell.run("--help").out()).contains("  " + command + " ").contains("4    a check found");
        Shell.Run run = shell.run(command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("Usage: slipring " + command)
                .contains("--json")
                .doesNotContain("\u001b");
    }

    @Test
    void colours_areForTerminalsUnlessNoColorIsSet() {
        assertThat(shell.typing("").run("--help").out()).contains("\u001b[");
        shell.environment.put("NO_COLOR", "1");
        assertThat(shell.typing("").run("--help").out()).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "frobnicate                         | slipring: there is no such command; slipring --help tells more",
                "status --frob=secret               | slipring: there is no option --frob; slipring status --help tells"
                        + " more",
                "rotate cookie                      | slipring: missing: --reason; slipring rotate --help tells more",
                "hold cookie --reason x             | slipring: missing: VERSION; slipring hold --help tells more",
                "hold cookie one --reason x         | slipring: VERSION cannot be understood, or is given twice; slipring"
                        + " hold --help tells more",
                "plan cookie --kind cake            | slipring: --kind cannot be understood, or is given twice; it is one"
                        + " of session, encryption, api-key, webhook, login; slipring plan --help tells more",
                "rotate c --reason x --wait soon    | slipring: --wait cannot be understood, or is given twice; slipring"
                        + " rotate --help tells more",
                "provide cookie value --reason x    | slipring: there is an argument too many; the value of a secret"
                        + " never is an argument; slipring provide --help tells more",
                "status --store nowhere             | slipring: option --store is none of file:DIR, jdbc, vault, aws",
                "status --store jdbc                | slipring: this store needs option --jdbc-url",
                "status --store vault               | slipring: this store needs option --prefix",
                "status --store vault --prefix x    | slipring: this store needs the environment variable VAULT_ADDR",
                "status --store aws                 | slipring: this store needs option --prefix",
                "status --store file                | slipring: option --store names no directory: give file:DIR"
            })
    void commandLine_thatCannotBeUnderstood_isAnsweredOnOneLine(String line, String complaint) {
        assertThat(shell.run(line.split(" +"))).isEqualTo(new Shell.Run(2, "", complaint + System.lineSeparator()));
    }

    @Test
    void jdbcUrl_withAPassword_isRefusedWithoutIt() {
        shell.environment.put("SLIPRING_JDBC_PASSWORD", "planted");

        Shell.Run run = shell.run(
                "status",
                "--store",
                "jdbc",
                "--jdbc-user",
                "u",
                "--jdbc-url",
                "jdbc:postgresql://localhost/db?password=planted");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("slipring: the database cannot be used: ")
                .doesNotContain("planted");
    }

    @Test
    void store_thatIsNotThere_failsAndIsNotMade() {
        Shell.Run run = shell.run("status", "--json");

        assertThat(run)
                .isEqualTo(new Shell.Run(
                        3,
                        "{\"command\":\"status\",\"outcome\":\"failed\",\"why\":\"there is no store at " + place + "\"}"
                                + System.lineSeparator(),
                        "slipring: there is no store at " + place + System.lineSeparator()));
        assertThat(place).doesNotExist();
    }

    @Test
    void store_thatIsOpenToOthersOrDamaged_failsOnOneLine() throws IOException {
        shell.run("generate", "cookie", "--kind", "session");
        Path record = place.resolve("cookie/record/0000000000000001.json");
        Files.writeString(record, "{\"format\":");

        Shell.Run damaged = shell.run("status");
        assertThat(damaged.code()).isEqualTo(3);
        assertThat(damaged.err().lines()).hasSize(1).first().asString().contains(record.toString());
        assertThat(shell.run("status", "--debug").err().lines()).hasSizeGreaterThan(5);

        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        Shell.Run open = shell.run("status");
        assertThat(open.code()).isEqualTo(3);
        assertThat(open.err().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "../etc/passwd", "a/b", "Cookie", "a\u0000b", "\u001b[31mred", "a\nb", "é"})
    void name_thatIsNone_isRefusedAndNotRepeated(String name) {
        for (List<String> command : List.of(
                List.of("generate", name, "--kind", "session"),
                List.of("status", name),
                List.of("hold", name, "1", "--reason", "court"))) {
            shell.run("generate", "cookie", "--kind", "session");
            Shell.Run run = shell.run(command);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines()).hasSize(1).first().asString().doesNotContain("\u001b", "passwd");
        }
        assertThat(shell.run("names").lines()).containsExactly("cookie");
    }

    @Test
    void reason_thatWouldForgeWhatIsShown_isRefused() {
        shell.run("generate", "cookie", "--kind", "session");

        for (String reason : List.of("two\nlines", "\u001b[2Jgone", "  ", "x".repeat(501), "\u202etxet")) {
            assertThat(shell.run("hold", "cookie", "1", "--kind", "session", "--reason", reason)
                            .code())
                    .isEqualTo(2);
        }
        String markup = "\"},{\"<script> \\ %s $(id) `id`";
        assertThat(shell.run("hold", "cookie", "1", "--kind", "session", "--reason", markup)
                        .code())
                .isZero();
        assertThat(shell.run("status").out())
                .contains("HELD by ada at ")
                .endsWith(": " + markup + System.lineSeparator());
    }

    @Test
    void garbage_isAnsweredWithoutAStackTrace() {
        shell.run("generate", "cookie", "--kind", "session");
        Random random = new Random(7);
        List<String> words = new ArrayList<>(commands().toList());
        words.addAll(List.of("cookie", "--kind", "session", "--reason", "why", "1", "-1", "--json", "--yes", "--wait"));
        words.addAll(List.of("--version", "", "=", "--", "@cookie", "--store", "file:" + place, "\u0000", "--plan="));
        for (int i = 0; i < 400; i++) {
            String[] line = Stream.generate(() -> words.get(random.nextInt(words.size())))
                    .limit(random.nextInt(7))
                    .toArray(String[]::new);
            Shell.Run run = shell.piping("planted").run(line);
            assertThat(run.code()).as("%s: %s", List.of(line), run).isBetween(0, 5);
            assertThat(run.err()).as("%s", List.of(line)).doesNotContain("\tat ", "Exception");
        }
    }

    // ---- what is told

    @Test
    void status_ofASecret_isTheSameForAPersonAndAProgram() {
        RotationPolicy policy = RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(12));
        new Application(place, shell.clock, "cookie", RandomIssuer.bytes(32), policy).prepare();
        shell.clock.advance(Duration.ofDays(3));
        shell.run("hold", "cookie", "1", "--reason", "court order");

        assertThat(shell.run("status", "cookie").lines())
                .containsExactly(
                        "cookie  IDLE  epoch 2  rotation 1  primary 1 for 2 d  no live replica",
                        "  1 PRIMARY since 2030-01-01T00:00:05Z  HELD by ada at 2030-01-04T00:00:00Z: court order");
        assertThat(shell.run("status", "--json").out().strip())
                .isEqualTo("{\"command\":\"status\",\"outcome\":\"done\",\"secrets\":[{\"name\":\"cookie\","
                        + "\"phase\":\"IDLE\",\"incarnation\":1,\"epoch\":2,\"sequence\":1,"
                        + "\"readAt\":\"2030-01-04T00:00:00Z\",\"primary\":1,\"lastError\":null,\"timing\":{"
                        + "\"P\":\"PT20M\",\"O\":\"PT12H16M40S\",\"W\":\"PT24H16M40S\",\"R\":\"PT1M\",\"L\":\"PT15M\","
                        + "\"D\":\"PT10S\",\"C\":\"PT5S\",\"A\":\"PT30S\",\"T\":\"PT12H\",\"e\":\"PT30S\","
                        + "\"V\":\"PT0S\",\"X\":\"PT0S\"},\"emergency\":null,\"closing\":null,\"freezes\":[],"
                        + "\"rejectIssuedBefore\":null,\"versions\":[{\"number\":1,\"state\":\"PRIMARY\",\"slot\":null,"
                        + "\"stamps\":{\"PUBLISHED\":\"2030-01-01T00:00:05Z\",\"PRIMARY\":\"2030-01-01T00:00:05Z\"},"
                        + "\"held\":{\"at\":\"2030-01-04T00:00:00Z\",\"by\":\"ada\",\"reason\":\"court order\"},"
                        + "\"compromised\":null,\"attributes\":{}}],\"replicas\":[]}]}");
    }

    @Test
    void times_forAPerson_areToTheSecondAndForAProgramWhole() {
        shell.clock.advance(Duration.ofNanos(123_456_789));
        shell.run("generate", "cookie", "--kind", "session");
        shell.run("hold", "cookie", "1", "--kind", "session", "--reason", "court");

        assertThat(shell.run("status").out())
                .contains("1 PRIMARY since 2030-01-01T00:00:05Z  HELD by ada at 2030-01-01T00:00:00Z: court");
        assertThat(shell.run("plan", "cookie", "--kind", "session").out()).doesNotContain("456789Z");
        assertThat(shell.run("status", "--json").out()).contains("\"PRIMARY\":\"2030-01-01T00:00:05.123456789Z\"");
        assertThat(shell.run("plan", "cookie", "--kind", "session", "--json").out())
                .contains("456789Z");
    }

    @Test
    void inventory_isTextJsonOrAPage() {
        shell.run("generate", "cookie", "--kind", "session");
        shell.clock.advance(Duration.ofDays(3));

        assertThat(shell.run("inventory").out())
                .startsWith("1 secret, 2030-01-04 00:00 UTC")
                .contains("cookie", "version 1", "primary");
        assertThat(shell.run("inventory", "--environment", "production", "--json")
                        .out())
                .startsWith("{\"command\":\"inventory\",\"outcome\":\"done\",\"inventory\":{\"format\"")
                .containsIgnoringCase("\"environment\":\"production\"");
        assertThat(shell.run("inventory", "--html").out())
                .startsWith("<!DOCTYPE html>")
                .contains("<svg", "cookie")
                .endsWith("</html>" + System.lineSeparator());
    }

    @Test
    void plan_datesTheStepsUnderTheRecordsTiming() {
        shell.run("generate", "cookie", "--kind", "session");

        Shell.Run run = shell.run("plan", "cookie", "--kind", "session", "--max-age", "60d");

        assertThat(run.lines().get(0)).isEqualTo("secret cookie, of kind session, maximum age PT1440H assumed:");
        assertThat(run.out()).contains("Begin       version 2 is STAGED").contains("version 2 is PRIMARY");
        assertThat(shell.run("plan", "cookie", "--kind", "session", "--max-age", "7d")
                        .err())
                .startsWith("slipring: secret cookie cannot have a maximum age of PT168H");
        assertThat(shell.run("plan", "cookie", "--kind", "session", "--json").out())
                .startsWith("{\"command\":\"plan\",\"outcome\":\"done\",\"secret\":\"cookie\",\"kind\":\"session\","
                        + "\"assumedMaxAge\":\"PT2160H\",\"plan\":{\"steps\":[{\"at\":\"");
    }

    @Test
    void verifyAudit_ofATrailThatWasChanged_failsTheCheck() throws IOException {
        shell.run("generate", "cookie", "--kind", "session");
        shell.run("hold", "cookie", "1", "--kind", "session", "--reason", "court");
        shell.run("compromised", "cookie", "--kind", "session", "--reason", "leaked", "--yes");
        Path trail = place.resolve("AUDIT");

        Shell.Run intact = shell.run("verify-audit", trail.toString(), "--emergencies");
        assertThat(intact.code()).isZero();
        assertThat(intact.lines().get(0)).startsWith(trail + ": intact, 3 events in 4 lines; head ");
        assertThat(intact.lines()).contains("# Emergency: secret cookie", "- Reason: leaked");
        String head = intact.lines().get(0).replaceAll(".*head ", "");
        assertThat(shell.run("verify-audit", trail.toString(), "--noted", head).code())
                .isZero();
        assertThat(shell.run("verify-audit", trail.toString(), "--noted", "0".repeat(63) + "1")
                        .code())
                .isEqualTo(4);

        Path file = trail.resolve("audit-0000000001.jsonl");
        Files.writeString(file, Files.readString(file).replace("court", "sport"));
        assertThat(shell.run("verify-audit", trail.toString(), "--json"))
                .isEqualTo(new Shell.Run(
                        4,
                        "{\"command\":\"verify-audit\",\"outcome\":\"unsound\",\"directory\":\"" + trail
                                + "\",\"file\":\"audit-0000000001.jsonl\",\"line\":3,\"fault\":\"HASH_MISMATCH\"}"
                                + System.lineSeparator(),
                        "slipring: " + file + " line 3: HASH_MISMATCH" + System.lineSeparator()));
        assertThat(shell.run("verify-audit", directory.resolve("none").toString())
                        .code())
                .isEqualTo(2);
    }

    @Test
    void audit_thatCannotBeKept_keepsTheOrderFromBeingWritten() throws IOException {
        shell.run("generate", "cookie", "--kind", "session");
        Path open = Files.createDirectory(
                directory.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        Shell.Run run =
                shell.run("hold", "cookie", "1", "--kind", "session", "--reason", "court", "--audit", open.toString());

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(shell.run("status").out()).doesNotContain("HELD");
    }
}
