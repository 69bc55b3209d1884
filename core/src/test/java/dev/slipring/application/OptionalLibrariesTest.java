package dev.slipring.application;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.application.BareApplication.Adapter;
import dev.slipring.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The module without the libraries of its adapters, on both paths, in virtual machines of their own. */
@Timeout(60)
class OptionalLibrariesTest {
    private static final List<String> MODULE_PATH = entries("jdk.module.path");
    private static final List<String> CLASS_PATH = entries("java.class.path");

    @BeforeAll
    static void thisTest_runsOnTheModulePath() {
        assertThat(Slipring.class.getModule().isNamed()).isTrue();
    }

    static Stream<Arguments> absences() {
        Stream<Set<Adapter>> each = Stream.of(Adapter.values()).map(EnumSet::of);
        return Stream.concat(each, Stream.of(EnumSet.allOf(Adapter.class)))
                .flatMap(away -> Stream.of(Arguments.of(away, false), Arguments.of(away, true)));
    }

    @ParameterizedTest(name = "without {0}, as a module: {1}")
    @MethodSource("absences")
    void core_withoutLibraries_works_andTheirAdaptersAloneFail(Set<Adapter> away, boolean module) throws Exception {
        List<String> lines = run(away, module);

        assertThat(lines).startsWith(module ? "module" : "no module", "version 2 UP true true");
        for (Adapter adapter : Adapter.values()) {
            boolean gone = away.contains(adapter);
            assertThat(lines.stream().anyMatch(line -> line.startsWith("incomplete " + adapter.types)))
                    .isEqualTo(gone);
            String outcome = gone ? "java.lang.NoClassDefFoundError: " + adapter.library + "\\S+" : "works";
            assertThat(lines)
                    .filteredOn(line -> line.startsWith(adapter + " "))
                    .singleElement()
                    .asString()
                    .matches(adapter + " " + outcome);
        }
    }

    private static List<String> run(Set<Adapter> away, boolean module) throws Exception {
        String modules = path(MODULE_PATH, away);
        String classes = path(CLASS_PATH, away);
        List<String> options = new ArrayList<>(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off"));
        options.addAll(
                module
                        ? List.of("-p", modules, "--add-modules", "ALL-MODULE-PATH", "-cp", classes)
                        : List.of("-cp", modules + File.pathSeparator + classes));
        String[] names = away.stream().map(Adapter::name).toArray(String[]::new);
        Process process = JavaProcess.with(options, BareApplication.class, names)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    private static List<String> entries(String property) {
        return List.of(System.getProperty(property, "").split(File.pathSeparator));
    }

    private static String path(List<String> entries, Set<Adapter> away) {
        return entries.stream()
                .filter(entry -> away.stream().noneMatch(adapter -> holds(entry, adapter.library)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean holds(String entry, String library) {
        if (!entry.endsWith(".jar")) {
            return false;
        }
        try (JarFile jar = new JarFile(entry)) {
            return jar.stream().anyMatch(file -> file.getName().startsWith(library));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
