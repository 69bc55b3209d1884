package dev.slipring.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real script in a checkout of its own, whose build is a stand-in that makes the jar of this build. */
@Timeout(300)
class SlipringScriptTest {
    @TempDir
    Path directory;

    private Path checkout;
    private Path store;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = Files.createDirectory(directory.resolve("a checkout"));
        store = directory.resolve("store");
        Path script = Stream.of("slipring", "../slipring")
                .map(Path::of)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow();
        Files.copy(script, checkout.resolve("slipring"));
        Files.createDirectories(checkout.resolve("examples/src/main/java"));
        Files.createDirectories(checkout.resolve("examples/target"));
        Files.writeString(checkout.resolve("pom.xml"), "");
        Files.writeString(checkout.resolve("examples/pom.xml"), "");
        writeJar(checkout.resolve("this.jar"));
        write("mvnw", "echo built >>builds; cat >>builds; cp this.jar examples/target/slipring-examples.jar");
        assertThat(checkout.resolve("slipring").toFile().setExecutable(true)).isTrue();
    }

    private void write(String name, String script) throws IOException {
        Files.writeString(checkout.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(checkout.resolve(name).toFile().setExecutable(true)).isTrue();
    }

    private static void writeJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream written = new JarOutputStream(out, manifest)) {
            written.finish();
        }
    }

    private Process start(String... line) throws IOException {
        List<String> command = new ArrayList<>(List.of(line));
        if (!line[0].equals("bash")) {
            command.add(0, checkout.resolve("slipring").toString());
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(checkout.toFile()).redirectErrorStream(true);
        builder.environment().put("SLIPRING_STORE", "file:" + store);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private static String output(Process process, int code) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isEqualTo(code);
        return output.strip();
    }

    private String run(int code, String... line) throws IOException, InterruptedException {
        return output(start(line), code);
    }

    @Test
    void script_buildsOnceAndLeavesTheStandardInputToTheCommand() throws Exception {
        Process generate = start("generate", "partner", "--kind", "api-key", "--service", "P", "--import");
        generate.getOutputStream().write("key-of-the-first-quarter\n".getBytes(UTF_8));
        assertThat(output(generate, 0)).isEqualTo("secret partner is created with version 1");

        assertThat(run(0, "names")).isEqualTo("partner");
        assertThat(run(2, "hold", "partner")).startsWith("slipring: missing: ");
        assertThat(Files.readAllLines(checkout.resolve("builds"))).containsExactly("built");
        assertThat(Files.readAllBytes(store.resolve("partner/value/1"))).hasSize(24);

        Path source = Files.writeString(checkout.resolve("examples/src/main/java/New.java"), "");
        Files.setLastModifiedTime(
                source,
                FileTime.from(Files.getLastModifiedTime(checkout.resolve("examples/target/slipring.built"))
                        .toInstant()
                        .plusSeconds(3600)));
        run(0, "names");
        assertThat(Files.readAllLines(checkout.resolve("builds"))).hasSize(2);
        write("mvnw", "exit 1");
        assertThat(run(70, "names")).isEqualTo("slipring: the build failed");
    }

    @Test
    void rotate_byTwoProcessesAtOnce_isBegunByExactlyOne() throws Exception {
        run(0, "generate", "cookie", "--kind", "session");
        List<Process> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            both.add(start("rotate", "cookie", "--kind", "session", "--reason", "now"));
        }
        List<Integer> codes = new ArrayList<>();
        for (Process process : both) {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            codes.add(process.exitValue());
            assertThat(output)
                    .containsAnyOf(
                            "rotation 2 begins with version 2; the replicas carry it out",
                            "rotation 2 is under way, phase MINTING");
        }
        assertThat(codes).containsExactlyInAnyOrder(0, 1);
        assertThat(run(0, "status")).startsWith("cookie  MINTING  epoch 2  rotation 2");
        assertThat(run(0, "verify-audit", store.resolve("AUDIT").toString())).contains(": intact, ");
    }

    @Test
    void completion_knowsCommandsOptionsAndNames() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")));
        run(0, "generate", "cookie", "--kind", "session");
        run(0, "generate", "cookie-jar", "--kind", "session");
        run(0, "generate", "kek", "--kind", "encryption");

        assertThat(completed("./slipring", "comp")).containsExactlyInAnyOrder("compromised", "completion");
        assertThat(completed("./slipring", "hold", "--rea")).containsExactly("--reason");
        assertThat(completed("./slipring", "hold", "cook")).containsExactly("cookie", "cookie-jar");
        assertThat(completed("./slipring", "plan", "--kind", "se")).containsExactly("session");
        assertThat(completed("./slipring", "rotate", "--store=file:/nowhere", "coo"))
                .isEmpty();
    }

    private List<String> completed(String... words) throws IOException, InterruptedException {
        String array = Arrays.stream(words).map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        String script = "source <(./slipring completion bash); COMP_WORDS=(" + array + "); COMP_CWORD="
                + (words.length - 1) + "; COMP_LINE='" + String.join(" ", words)
                + "'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; compopt() { :; }; _slipring_with_names ./slipring '"
                + words[words.length - 1] + "' '" + words[words.length - 2]
                + "'; printf '%s\\n' \"${COMPREPLY[@]}\"";
        return run(0, "bash", "-c", script)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
