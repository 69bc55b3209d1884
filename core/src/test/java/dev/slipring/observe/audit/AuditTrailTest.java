package dev.slipring.observe.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipring.keyring.SecretValue;
import dev.slipring.observe.audit.TrailVerdict.Broken;
import dev.slipring.observe.audit.TrailVerdict.Fault;
import dev.slipring.observe.audit.TrailVerdict.Intact;
import dev.slipring.rotation.AuditEvent;
import dev.slipring.testing.JavaProcess;
import dev.slipring.testing.ManualClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTrailTest {
    private static final SecretValue KEY = SecretValue.copyOf("an operator's key of thirty-two b".getBytes(UTF_8));

    @TempDir
    Path temp;

    private final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");

    private Path directory() {
        return temp.resolve("audit");
    }

    private AuditTrail.Builder builder() {
        return AuditTrail.in(directory()).clock(clock);
    }

    private AuditTrail filled(AuditTrail.Builder builder, int events) {
        AuditTrail trail = builder.build();
        for (int i = 1; i <= events; i++) {
            trail.append(AuditEvents.plain(i));
        }
        return trail;
    }

    private Path file(int number) {
        return directory().resolve(String.format("audit-%010d.jsonl", number));
    }

    private TrailVerdict verdict() {
        return TrailCheck.of(directory()).run();
    }

    private void assertBroken(long line, Fault... faults) {
        assertThat(verdict()).isInstanceOfSatisfying(Broken.class, broken -> {
            assertThat(broken.line()).isEqualTo(line);
            assertThat(broken.fault()).isIn((Object[]) faults);
        });
    }

    // ---- what is kept

    @Test
    void append_ofAnyEvent_isReadBackAsItWas() {
        List<AuditEvent> written = List.of(AuditEvents.plain(1), AuditEvents.full());
        AuditTrail trail = builder().build();
        written.forEach(trail::append);
        List<AuditEvent> read = new ArrayList<>();

        TrailVerdict verdict = TrailCheck.of(directory()).events(read::add).run();

        assertThat(read).isEqualTo(written);
        assertThat(verdict).isInstanceOfSatisfying(Intact.class, intact -> {
            assertThat(intact.lines()).isEqualTo(3);
            assertThat(intact.events()).isEqualTo(2);
            assertThat(intact.first()).contains(written.get(0).at());
            assertThat(intact.last()).contains(written.get(1).at());
            assertThat(intact.head()).isEqualTo(trail.head());
        });
    }

    @Test
    void files_areForTheirOwnerOnly_andADirectoryOpenToOthersIsRefused() throws IOException {
        filled(builder(), 1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1))))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(AuditTrailException.class)
                .hasMessageContaining("others may access it");
    }

    @Test
    void append_overTheLimit_isRefusedAndLeavesTheTrailIntact() {
        AuditTrail trail = filled(builder(), 1);
        assertThatThrownBy(() -> trail.append(AuditEvents.event(2, "Hold", "ada", "x".repeat(70_000))))
                .isInstanceOf(AuditTrailException.class)
                .hasMessageContaining("over the limit");
        trail.append(AuditEvents.plain(3));
        assertThat(verdict()).isInstanceOf(Intact.class);
    }

    @Test
    void append_whereItMayNotWrite_failsAndGoesOnOnceItMay() throws IOException {
        AuditTrail trail = filled(builder(), 1);
        Path moved = temp.resolve("moved");
        Files.move(directory(), moved);
        assertThatThrownBy(() -> trail.append(AuditEvents.plain(2))).isInstanceOf(AuditTrailException.class);
        Files.move(moved, directory());
        trail.append(AuditEvents.plain(2));
        assertThat(verdict())
                .isInstanceOfSatisfying(
                        Intact.class, intact -> assertThat(intact.events()).isEqualTo(2));
    }

    // ---- what shows

    @Test
    void bitOfAnyByteFlipped_isFoundAtItsLine() throws IOException {
        filled(builder(), 3);
        byte[] sound = Files.readAllBytes(file(1));
        int line = 1;
        for (int i = 0; i < sound.length; i++) {
            byte[] flipped = sound.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            Files.write(file(1), flipped);
            long expected = line;
            assertThat(verdict()).as("byte %d", i).isInstanceOfSatisfying(Broken.class, broken -> {
                assertThat(broken.line()).isEqualTo(expected);
                assertThat(broken.fault()).isIn(Fault.NOT_A_LINE, Fault.HASH_MISMATCH, Fault.UNFINISHED_LINE);
            });
            line = sound[i] == '\n' ? line + 1 : line;
        }
    }

    @Test
    void linesTakenOutPutInOrSwapped_areFoundWhereTheyAre() throws IOException {
        filled(builder(), 5);
        List<String> sound = Files.readAllLines(file(1));
        for (int i = 0; i < sound.size() - 1; i++) {
            List<String> without = new ArrayList<>(sound);
            without.remove(i);
            Files.write(file(1), without);
            assertBroken(i + 1, Fault.OUT_OF_ORDER);

            List<String> twice = new ArrayList<>(sound);
            twice.add(i + 1, sound.get(i));
            Files.write(file(1), twice);
            assertBroken(i + 2, Fault.OUT_OF_ORDER);

            List<String> swapped = new ArrayList<>(sound);
            Collections.swap(swapped, i, i + 1);
            Files.write(file(1), swapped);
            assertBroken(i + 1, Fault.OUT_OF_ORDER);
        }
    }

    @Test
    void lineOfAnotherTrail_inTheSamePlace_isOutOfOrder() throws IOException {
        filled(builder(), 3);
        List<String> lines = Files.readAllLines(file(1));
        Path other = temp.resolve("other");
        AuditTrail trail = AuditTrail.in(other).clock(clock).build();
        for (int i = 1; i <= 3; i++) {
            trail.append(AuditEvents.event(i, "Hold", "mallory", "nothing happened"));
        }
        List<String> foreign = Files.readAllLines(other.resolve(file(1).getFileName()));
        lines.set(3, foreign.get(3));
        Files.write(file(1), lines);
        assertBroken(4, Fault.OUT_OF_ORDER);
    }

    @Test
    void endCutOff_showsAgainstANotedHeadOnly() throws IOException {
        AuditTrail trail = filled(builder(), 3);
        AuditTrail.Head noted = trail.head();
        trail.append(AuditEvents.plain(4));
        assertThat(TrailCheck.of(directory()).noted(noted.hash()).run())
                .as("a trail that has grown still has it")
                .isInstanceOf(Intact.class);
        List<String> lines = Files.readAllLines(file(1));
        Files.write(file(1), lines.subList(0, 3));

        assertThat(verdict()).isInstanceOf(Intact.class);
        assertThat(TrailCheck.of(directory()).noted(noted.hash()).run())
                .isInstanceOfSatisfying(
                        Broken.class, broken -> assertThat(broken.fault()).isEqualTo(Fault.HEAD_MISSING));
    }

    @Test
    void key_isNeededToCheckAndToWrite() throws IOException {
        filled(builder().key(KEY), 2);
        SecretValue other = SecretValue.copyOf("another".getBytes(UTF_8));

        assertThat(TrailCheck.of(directory()).key(KEY).run()).isInstanceOf(Intact.class);
        assertBroken(1, Fault.HASH_MISMATCH);
        assertThat(TrailCheck.of(directory()).key(other).run()).isInstanceOf(Broken.class);
        AuditTrail forger = builder().build();
        assertThatThrownBy(() -> forger.append(AuditEvents.plain(3)))
                .isInstanceOf(AuditTrailException.class)
                .hasMessageContaining("not written under this key");
        assertThat(Files.readString(file(1))).doesNotContain("operator's key");
    }

    // ---- files

    @Test
    void files_followEachOtherBySizeAndAge_inOneChain() throws IOException {
        AuditTrail trail = filled(builder().maxBytes(2_000).maxAge(Duration.ofDays(1)), 10);
        int bySize = TrailFiles.in(directory()).size();
        assertThat(bySize).isBetween(2, 9);
        clock.advance(Duration.ofDays(1));
        trail.append(AuditEvents.plain(11));
        assertThat(TrailFiles.in(directory())).hasSize(bySize + 1);
        assertThat(Files.readAllLines(file(bySize + 1)).get(0))
                .contains("\"follows\":\"" + file(bySize).getFileName() + "\"");
        assertThat(verdict()).isInstanceOfSatisfying(Intact.class, intact -> {
            assertThat(intact.events()).isEqualTo(11);
            assertThat(intact.lines()).isEqualTo(11 + bySize + 1);
        });

        Files.move(file(2), temp.resolve("away"));
        assertThat(verdict()).isInstanceOfSatisfying(Broken.class, broken -> {
            assertThat(broken.file()).isEqualTo(file(3).getFileName().toString());
            assertThat(broken.fault()).isEqualTo(Fault.MISSING_FILE);
        });
    }

    @Test
    void fileThatWasMadeAndNotWritten_isOpenedAgain() throws IOException {
        AuditTrail trail = filled(builder(), 2);
        Files.createFile(file(2));
        trail.append(AuditEvents.plain(3));
        assertThat(Files.readAllLines(file(2))).hasSize(2);
        assertThat(verdict()).isInstanceOf(Intact.class);
    }

    @Test
    void garbage_isBrokenAtItsFirstLineAndNeverAppendedTo() throws IOException {
        AuditTrail trail = builder().build();
        for (String garbage :
                List.of("\n", "{}\n", "null\n", "\u0000\u0000\n", "x".repeat(200_000), "{\"line\":1}\n")) {
            Files.writeString(file(1), garbage);
            assertThat(verdict())
                    .isInstanceOfSatisfying(
                            Broken.class, broken -> assertThat(broken.line()).isEqualTo(1));
            assertThatThrownBy(() -> trail.append(AuditEvents.plain(1))).isInstanceOf(AuditTrailException.class);
            assertThat(Files.readString(file(1))).isEqualTo(garbage);
        }
    }

    // ---- crashes and company

    @Test
    void lineCutAnywhere_isKeptAsideAndTheChainGoesOnWithAMark() throws IOException {
        filled(builder(), 2);
        byte[] sound = Files.readAllBytes(file(1));
        int lastLine = new String(sound, UTF_8).lastIndexOf('\n', sound.length - 2) + 1;
        for (int cut = lastLine + 1; cut < sound.length; cut++) {
            try (Stream<Path> files = Files.list(directory())) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            byte[] left = Arrays.copyOf(sound, cut);
            Files.write(file(1), left);
            assertBroken(3, Fault.UNFINISHED_LINE);

            builder().build().append(AuditEvents.plain(3));

            assertThat(verdict()).isInstanceOfSatisfying(Intact.class, intact -> {
                assertThat(intact.events()).isEqualTo(2);
                assertThat(intact.lines()).isEqualTo(4);
            });
            Path aside = directory().resolve(file(1).getFileName() + ".torn-" + lastLine);
            assertThat(Files.readAllBytes(aside)).isEqualTo(Arrays.copyOfRange(sound, lastLine, cut));
            assertThat(Files.readAllLines(file(1)).get(2)).contains("\"torn\":{\"file\":\"" + aside.getFileName());
        }
    }

    @Test
    void openingCutAnywhere_isMendedToo() throws IOException {
        filled(builder(), 1);
        byte[] second = Files.readAllBytes(file(1));
        Files.write(file(2), Arrays.copyOf(second, 40));

        builder().build().append(AuditEvents.plain(2));

        assertThat(Files.readAllLines(file(2))).hasSize(3);
        assertThat(verdict())
                .isInstanceOfSatisfying(
                        Intact.class, intact -> assertThat(intact.events()).isEqualTo(2));
    }

    @Test
    void processes_killedWhileTheyAppend_loseNothingThatWasKept() throws Exception {
        Set<Integer> kept = new HashSet<>();
        AuditTrail here = builder().maxBytes(8 * 1024).build();
        for (int round = 1; round <= 6; round++) {
            Process process = start(round * 100_000);
            Process company = start(round * 100_000 + 50_000);
            for (int i = 0; i < 10; i++) {
                here.append(AuditEvents.plain(round * 1000 + i));
                kept.add(round * 1000 + i);
            }
            try (BufferedReader from = output(process)) {
                for (int line = 0; line < 5 + round * 3; line++) {
                    kept.add(Integer.valueOf(from.readLine()));
                }
            } finally {
                for (Process each : List.of(process, company)) {
                    each.destroyForcibly();
                    assertThat(each.waitFor(1, TimeUnit.MINUTES)).isTrue();
                }
            }
        }
        here.append(AuditEvents.plain(1));
        Set<Integer> read = new HashSet<>();

        TrailVerdict verdict = TrailCheck.of(directory())
                .events(event -> read.add(Integer.valueOf(event.id().substring(3))))
                .run();

        assertThat(verdict).isInstanceOf(Intact.class);
        assertThat(read).containsAll(kept);
    }

    private Process start(int first) throws IOException {
        return JavaProcess.of(AuditTrailProcess.class, directory().toString(), Integer.toString(first))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }
}
