package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Map.entry;

import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.rotation.RotationPolicy;
import dev.slipring.session.SessionSigner;
import io.micrometer.core.instrument.Counter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Does what must never be done: shows a text in each sink, by the ways that lead there. */
final class LeakPlants {
    /** Where in a sink a text then shows; anywhere in those that are not named. */
    static final Map<LeakSink, Set<String>> PLACES = Map.ofEntries(
            entry(LeakSink.AUDIT, Set.of("audit-0000000001.jsonl", "emergency.md", "emergency.json")),
            entry(LeakSink.PAGE, Set.of("inventory.html", "inventory.json", "inventory.txt")),
            entry(
                    LeakSink.COMMAND_LINE,
                    Set.of("status", "status --json", "inventory", "inventory --json", "inventory --html")),
            entry(LeakSink.EXCEPTION, Set.of("cause", "suppressed")));

    private LeakPlants() {}

    /** Shows itself only when it is printed. */
    private record Indiscreet(Optional<List<String>> texts) {}

    /** Says nothing, and holds what does. */
    private record Holder(Indiscreet held) {
        @Override
        public String toString() {
            return "Holder";
        }
    }

    static void plant(LeakSink sink, String text, LeakWorld world) throws SQLException {
        switch (sink) {
            case LOG ->
                LoggerFactory.getLogger("planted")
                        .atTrace()
                        .addKeyValue("text", text)
                        .log("leaks");
            case JDK_LOG -> java.util.logging.Logger.getLogger("planted").finest(text);
            case CONSOLE -> System.err.print(text);
            case METRICS ->
                Counter.builder("planted")
                        .tag("text", text)
                        .register(world.registry)
                        .increment();
            case AUDIT -> compromise(text, world);
            case PAGE -> secret("session", world); // whose owner it is
            case LISTENER -> world.listener.onAlert(SecretName.of("session"), text);
            case EXCEPTION -> fail(text, world.evidence);
            case OBJECT -> world.objects.add(new Holder(new Indiscreet(Optional.of(List.of(text)))));
            case STORE ->
                world.files.putValueIfAbsent(SecretName.of("planted"), 1, SecretValue.copyOf(text.getBytes(US_ASCII)));
            case COMMAND_LINE -> command(text, world);
            case POSTGRES_LOG, MARIADB_LOG -> world.servers.logs().get(sink).plant(text);
        }
    }

    private static void secret(String name, LeakWorld world) {
        world.slipring.secret(
                name, SessionSigner.issuer(), RotationPolicy.sessions(Duration.ofDays(90), Duration.ofHours(1)));
    }

    private static void compromise(String text, LeakWorld world) {
        secret("stolen", world);
        world.slipring.compromised(Set.of("stolen"), "alice", text);
    }

    private static void command(String text, LeakWorld world) {
        world.shell.run("generate", "cookie", "--kind", "session");
        world.shell.run("hold", "cookie", "1", "--kind", "session", "--reason", text);
        for (String command : List.of("status", "inventory")) {
            world.shell.run(command);
            world.shell.run(command, "--json");
        }
        world.shell.run("inventory", "--html");
    }

    private static void fail(String text, LeakEvidence evidence) {
        evidence.thrown("cause", () -> {
            throw new IllegalStateException("failed", new IllegalArgumentException(text));
        });
        IllegalStateException failure = new IllegalStateException("failed");
        failure.addSuppressed(new IllegalArgumentException(text));
        evidence.thrown("suppressed", failure);
    }
}
