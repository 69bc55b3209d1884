package dev.slipring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.Slipring;
import dev.slipring.examples.cli.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No part of a secret gets out: into no log at any level, no metric, audit trail, page, exception, printed object,
 * sealed store, command line, and no log of a database server's. What finds them has found a planted one in each first.
 * Secrets are drawn anew each time, and a failure names them by their names alone.
 */
final class SecretLeakageTest {
    @TempDir
    static Path directory;

    private static final List<LeakPart> PARTS =
            List.of(LeakRun::in, CommandPart::in, MariaDbPart::in, VaultPart::in, AwsPart::in, StripePart::in);

    private static LeakServers servers;

    @BeforeAll
    static void start() throws IOException {
        servers = LeakServers.start(Files.createDirectory(directory.resolve("database")));
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    /** Each sink has a secret of its own, so that none is found only because it shows elsewhere as well. */
    @ParameterizedTest
    @EnumSource
    void plantedLeak_inEachSink_isFoundThereInItsForm(SecretForm form, @TempDir Path own) throws Exception {
        LeakProbe secrets = new LeakProbe();
        Map<LeakSink, String> texts = new EnumMap<>(LeakSink.class);
        for (LeakSink sink : servers.sinks()) {
            byte[] value = LeakWorld.drawn();
            secrets.learn(sink.name(), value);
            texts.put(sink, form.spell(value));
        }
        try (LeakWorld world = new LeakWorld(own, servers, texts.get(LeakSink.PAGE))) {
            for (LeakSink sink : servers.sinks()) {
                LeakPlants.plant(sink, texts.get(sink), world);
            }
            List<LeakEvidence.Leak> leaks = world.collect().leaks(secrets);
            assertThat(servers.sinks())
                    .allSatisfy(sink -> assertThat(leaks)
                            .filteredOn(leak -> leak.isOf(sink, sink.name(), form))
                            .extracting(LeakEvidence.Leak::place)
                            .isNotEmpty()
                            .containsAll(LeakPlants.PLACES.getOrDefault(sink, Set.of())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void partOfASecret_spelledAmongOtherText_isFound(SecretForm form) {
        LeakProbe secrets = new LeakProbe();
        byte[] value = LeakWorld.drawn();
        secrets.learn("planted", value);
        for (int from = 0; from <= value.length - 12; from++) {
            String text = form.spell(Arrays.copyOfRange(value, from, from + 12));
            assertThat(secrets.search("some text " + text + " and more"))
                    .as("from %d", from)
                    .extracting(LeakProbe.Find::form)
                    .contains(form);
        }
        byte[] other = LeakWorld.drawn();
        assertThat(secrets.search(form.spell(other))).isEmpty();
    }

    @Test
    void binarySecret_escapedOrBrokenUp_isFound() {
        LeakProbe secrets = new LeakProbe();
        byte[] value = new byte[32];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (0x80 + 7 * i);
        }
        secrets.learn("binary", value);
        String text = new String(value, StandardCharsets.ISO_8859_1);
        String json = text.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining());
        String html = text.chars().mapToObj("&#%d;"::formatted).collect(Collectors.joining());
        String dump = text.chars().mapToObj("%02x"::formatted).collect(Collectors.joining(":"));
        assertThat(Stream.of(text, json, html, dump, Arrays.toString(value)))
                .allSatisfy(each -> assertThat(secrets.search(each)).isNotEmpty());
    }

    @Test
    void everyModule_usedAndMisused_letsNothingOut(@TempDir Path own) throws Exception {
        try (LeakWorld world = new LeakWorld(own, servers, "team")) {
            for (LeakPart part : PARTS) {
                part.in(world);
            }
            LeakEvidence evidence = world.collect();

            Set<LeakSink> sinks = EnumSet.copyOf(servers.sinks());
            sinks.remove(LeakSink.CONSOLE);
            assertThat(evidence.sinks()).as("have something to search").containsAll(sinks);
            assertThat(evidence.leaks(world.probe)).isEmpty();
            assertThat(evidence.accepted()).as("misuses that were let through").isEmpty();
            assertEverythingHappened(world, evidence);
            assertPasswordsAreVerifiers(evidence);
        }
    }

    /** A run in which little is done proves little. Failures show none of what was put out. */
    private static void assertEverythingHappened(LeakWorld world, LeakEvidence evidence) {
        assertThat(world.probe.size()).isGreaterThan(30);
        for (Slipring replica : world.replicas()) {
            assertThat(replica.inventory(world.clock.instant()).secrets())
                    .isNotEmpty()
                    .allSatisfy(entry ->
                            assertThat(entry.primary().orElseThrow().number()).isGreaterThan(1));
        }
        assertThat(world.shell.used()).containsAll(Shell.commands());
        Map<LeakSink, List<String>> expected = Map.of(
                LeakSink.LISTENER,
                List.of("the maximum age", "200 bad signatures", "used although accepted no more", "laptop stolen"),
                LeakSink.OBJECT,
                List.of("SecretValue[", "EnvelopeEncryptor["),
                LeakSink.LOG,
                List.of("dev.slipring.rotation.Rotator", "com.zaxxer.hikari"),
                LeakSink.JDK_LOG,
                List.of("org.postgresql.core"));
        expected.forEach((sink, texts) -> {
            String all = evidence.text(sink);
            assertThat(texts.stream().filter(text -> !all.contains(text)))
                    .as("missing in %s", sink)
                    .isEmpty();
        });
    }

    /** Also those that no secret of this test has, such as the PostgreSQL rotator's own. */
    private static void assertPasswordsAreVerifiers(LeakEvidence evidence) {
        assertPasswordsBegin(evidence.text(LeakSink.POSTGRES_LOG), "(?i)PASSWORD '", "SCRAM-SHA-256$");
        if (servers.mariaDb().isPresent()) {
            assertPasswordsBegin(
                    evidence.text(LeakSink.MARIADB_LOG), "IDENTIFIED ", "VIA mysql_native_password USING '*");
        }
    }

    private static void assertPasswordsBegin(String log, String before, String verifier) {
        String[] parts = log.split(before, -1);
        assertThat(parts.length).as("parts between passwords").isGreaterThan(4);
        assertThat(Arrays.stream(parts)
                        .skip(1)
                        .filter(rest -> !rest.startsWith(verifier))
                        .count())
                .as("statements that tell a password")
                .isZero();
    }
}
