package dev.slipring.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A value never shows, wherever it is put, and whatever fails. */
class PlantedValueTest {
    private static final String VALUE = "Sk-Live-Planted-4711-Value-Of-A-Partner";

    @TempDir
    Path directory;

    @Test
    void value_givenInTheRightPlace_isNeverPrinted() throws IOException {
        Path place = directory.resolve("store");
        Shell shell = new Shell(place);
        Path file = secretFile("rw-------");
        List<String> create = List.of("generate", "partner", "--kind", "api-key", "--service", "P", "--import");

        assertThat(shell.run(create, "--file", file.toString()).code()).isZero();
        assertThat(shell.piping(VALUE).run(create, "--json", "--debug").code()).isEqualTo(1);
        List<String> provide = List.of("provide", "partner", "--kind", "api-key", "--debug", "--reason");
        assertThat(shell.piping(VALUE).run(provide, "again").code()).isEqualTo(1);
        assertThat(shell.piping(VALUE + "2")
                        .run(provide, "it is " + VALUE + "2")
                        .err())
                .contains("the reason shows a part of the value");
        assertThat(shell.piping(VALUE + "2")
                        .run(provide, "new", "--label", VALUE.substring(8))
                        .err())
                .contains("the label shows a part of the value");
        assertThat(shell.piping(VALUE + " 3").run(provide, "new").code()).isEqualTo(1);
        assertThat(shell.piping(VALUE + "2").run(provide, "new").code()).isZero();
        shell.run("status", "--json");
        shell.run("plan", "partner", "--kind", "api-key");
        shell.run("compromised", "partner", "--kind", "api-key", "--reason", "leaked", "--yes");
        shell.run("verify-audit", place.resolve("AUDIT").toString(), "--emergencies");

        assertThat(shell.printed).noneMatch(PlantedValueTest::shows);
        try (Stream<Path> trail = Files.list(place.resolve("AUDIT"))) {
            for (Path audited : trail.toList()) {
                assertThat(shows(Files.readString(audited))).isFalse();
            }
        }
    }

    /** Except as what must be shown to make sense: the reason, the label, the actor and a legal name. */
    @Test
    void value_givenInTheWrongPlace_isNotRepeated() {
        Shell shell = new Shell(directory.resolve("store"));
        shell.run("generate", "cookie", "--kind", "session");
        List<String> line = List.of("hold", "cookie", "1", "--kind", "session", "--reason", "court");
        for (int i = 0; i <= line.size(); i++) {
            List<String> more = new ArrayList<>(line);
            more.add(i, VALUE);
            if (i == line.size() - 1) {
                continue; // then it is the reason
            }
            assertThat(shell.run(more).code()).as("%s", more).isEqualTo(2);
        }
        for (String option : List.of("--value", "--wait", "--store", "--plan", "--length", "--kind", "--version")) {
            shell.run(line, option + "=" + VALUE);
            shell.run("compromised", "cookie", "--reason", "leaked", option, VALUE);
            shell.run("generate", "other", option, VALUE);
        }
        assertThat(shell.printed).noneMatch(PlantedValueTest::shows);
    }

    @Test
    void addressOfAVault_thatIsNone_isNotRepeated() {
        Shell shell = new Shell(directory.resolve("store"));
        shell.with("VAULT_TOKEN", VALUE).with("VAULT_ADDR", "https://ada:" + VALUE + " x@vault.example");

        Shell.Run run = shell.run("status", "--store", "vault", "--prefix", "app", "--debug");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("VAULT_ADDR is no address");
        assertThat(shell.printed).noneMatch(PlantedValueTest::shows);
    }

    @Test
    void file_thatOthersMayRead_isRefusedUnread() throws IOException {
        Shell shell = new Shell(directory.resolve("store"));
        Path file = secretFile("rw-r-----");

        Shell.Run run = shell.run("generate", "cookie", "--kind", "session", "--import", "--file", file.toString());

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("slipring: " + file + " is open to others");
        assertThat(directory.resolve("store")).doesNotExist();
    }

    private Path secretFile(String permissions) throws IOException {
        Path file = directory.resolve("value");
        Files.writeString(file, VALUE + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static boolean shows(String text) {
        byte[] bytes = VALUE.getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                        VALUE,
                        VALUE.substring(8, 24),
                        Base64.getEncoder().encodeToString(bytes).substring(0, 20),
                        Base64.getUrlEncoder().encodeToString(bytes).substring(0, 20))
                .anyMatch(text::contains);
    }
}
