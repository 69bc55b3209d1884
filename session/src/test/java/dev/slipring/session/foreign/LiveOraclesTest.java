package dev.slipring.session.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipring.session.ForeignReading.Found;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random sessions between this module and the frameworks themselves, in both directions. Runs with
 * {@code -Dslipring.oracles=DIR}, where {@code .ci/oracles DIR} has put the packages; what is not there is skipped, unless
 * {@code -Drequire.oracles=true} makes that a failure.
 */
class LiveOraclesTest {
    private static final int SESSIONS = 200;
    private static final List<String> PIECES = List.of(
            "a",
            "Z",
            "0",
            "9",
            "-",
            "_",
            ".",
            ".",
            "~",
            "!",
            "'",
            "(",
            ")",
            "*",
            "=",
            "+",
            "/",
            "%",
            "%41",
            ":",
            " ",
            "\"",
            "\\",
            ",",
            ";",
            "\u00e9",
            "\u0141",
            "\u2603",
            "\ud834\udd1e",
            "\n",
            "<",
            "--",
            "s:");

    private final Random random = new Random(20_261_124);

    @BeforeAll
    static void needsTheOracles() {
        if (System.getProperty("slipring.oracles") == null) {
            unavailable("-Dslipring.oracles=DIR is not given; .ci/oracles DIR fills the directory");
        }
    }

    @Test
    void express_andThisModule_readEachOthersSessions() throws IOException {
        try (Oracle oracle = node()) {
            for (int i = 0; i < SESSIONS; i++) {
                Map<String, String> ask = ask("express", "login", text(PIECES.size()));
                readsWhatItSigns(oracle, ask, "express");
                isReadAsItWasIssued(oracle, ask, "express");
                ask.put("format", "express-session");
                ask.put("value", "id-" + text(10));
                readsWhatItSigns(oracle, ask, "express");
            }
        }
    }

    @Test
    void fastify_andThisModule_readEachOthersSessions() throws IOException {
        try (Oracle oracle = node()) {
            for (int i = 0; i < SESSIONS; i++) {
                Map<String, String> ask = ask("fastify", "sessionId", text(PIECES.size()));
                readsWhatItSigns(oracle, ask, "fastify");
                isReadAsItWasIssued(oracle, ask, "fastify");
                ask.put("format", "fastify-11-0");
                readsWhatItSigns(oracle, ask, "fastify");
                isReadAsItWasIssued(oracle, ask, "fastify");
            }
        }
    }

    @Test
    void keygrip_andThisModule_readEachOthersSessions() throws IOException {
        try (Oracle oracle = node()) {
            for (int i = 0; i < SESSIONS; i++) {
                for (String algorithm : List.of("sha1", "sha256")) {
                    Map<String, String> ask = ask("keygrip", "koa.sess", "v" + text(20) + "=");
                    ask.put("algorithm", algorithm);
                    readsWhatItSigns(oracle, ask, "keygrip-" + algorithm);
                    if (algorithm.equals("sha256")) {
                        ask.put("value", "v" + text(16));
                        isReadAsItWasIssued(oracle, ask, "keygrip-sha256");
                    }
                    ask.put("format", "cookie-session");
                    ask.put("value", object());
                    readsWhatItSigns(oracle, ask, "cookie-session-" + algorithm);
                }
            }
        }
    }

    @Test
    void django_signs_whatThisModuleReads() throws IOException {
        try (Oracle oracle = python("django-cookie")) {
            for (int i = 0; i < SESSIONS; i++) {
                for (String form : List.of("v2", "legacy")) {
                    Map<String, String> ask = timed(ask("django-cookie", "signed_id", text(26)));
                    ask.put("form", form);
                    ask.put("salt", text(PIECES.size()));
                    readsWhatItSigns(oracle, ask, "django-cookie");
                }
                readsWhatItSigns(oracle, timed(ask("django-sessions", "sessionid", object())), "django-sessions");
            }
        }
    }

    @Test
    void flask_signs_whatThisModuleReads() throws IOException {
        try (Oracle oracle = python("flask")) {
            for (int i = 0; i < SESSIONS; i++) {
                readsWhatItSigns(oracle, timed(ask("flask", "session", object())), "flask-sha1");
            }
        }
    }

    @Test
    void rails_signs_whatThisModuleReads() throws IOException {
        try (Oracle oracle = ruby()) {
            for (int i = 0; i < SESSIONS; i++) {
                Map<String, String> ask = ask("rails", "user_id", random.nextBoolean() ? object() : quoted());
                ask.put("algorithm", random.nextBoolean() ? "sha1" : "sha256");
                ask.put("derivation", random.nextBoolean() ? "sha1" : "sha256");
                ask.put("serializer", "json");
                if (random.nextBoolean()) {
                    ask.put(
                            "expires",
                            Long.toString(ForeignVector.ASSUMED.getEpochSecond() + random.nextInt(3_000_000)));
                }
                readsWhatItSigns(oracle, ask, "rails-" + ask.get("algorithm"));
            }
        }
    }

    private void readsWhatItSigns(Oracle oracle, Map<String, String> ask, String format) throws IOException {
        Map<String, String> fields = new HashMap<>(ask);
        fields.put("do", "sign");
        fields.putAll(oracle.ask(fields));
        fields.put("format", format);
        if (ask.containsKey("at")) {
            fields.put("issuedAt", ask.get("at"));
        }
        ForeignVector vector = new ForeignVector(fields);
        Found found = ForeignVectorsTest.found(
                vector.codec(ForeignVector.DECOY, vector.get("secret")).read(vector.cookies()), vector);
        assertThat(found.payload()).as("%s", vector).isEqualTo(vector.payload());
        assertThat(found.issuedAt()).as("%s", vector).isEqualTo(vector.issuedAt());
        assertThat(found.expiresAt()).as("%s", vector).isEqualTo(vector.expiresAt());
    }

    private static void isReadAsItWasIssued(Oracle oracle, Map<String, String> ask, String format) throws IOException {
        Map<String, String> fields = new HashMap<>(ask);
        fields.put("format", format);
        List<String> headers =
                ForeignVectorsTest.issuer(new ForeignVector(fields)).issue(ask.get("value"));
        fields.put("format", ask.get("format"));
        fields.put("do", "read");
        fields.put("cookie", ForeignVectorsTest.sent(headers));
        assertThat(oracle.ask(fields)).as("%s", fields).containsEntry("value", ask.get("value"));
    }

    private Map<String, String> ask(String format, String name, String value) {
        return new HashMap<>(Map.of(
                "format",
                format,
                "name",
                name,
                "value",
                value,
                "secret",
                "q7:" + text(PIECES.size()) + "zu-Wm4Rk0v9XtP2"));
    }

    private Map<String, String> timed(Map<String, String> ask) {
        ask.put("at", Long.toString(1 + random.nextInt(Integer.MAX_VALUE)));
        return ask;
    }

    /** Of the first {@code kinds} pieces. */
    private String text(int kinds) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(40); left > 0; left--) {
            text.append(PIECES.get(random.nextInt(kinds)));
        }
        return text.toString();
    }

    private String quoted() throws IOException {
        String object = FlatJson.write(Map.of("x", text(PIECES.size())));
        return object.substring("{\"x\":".length(), object.length() - 1);
    }

    private String object() throws IOException {
        return "{\"user\":" + random.nextInt() + ",\"text\":" + quoted() + ",\"list\":["
                + "true,null,\"same\",".repeat(random.nextInt(30)) + "1]}";
    }

    private static Oracle node() throws IOException {
        return Oracle.start(
                "express",
                Map.of("NODE_PATH", directory().resolve("node_modules").toString()),
                "node",
                "oracle.js");
    }

    private static Oracle python(String format) throws IOException {
        Path own = directory().resolve("venv/bin/python");
        return Oracle.start(format, Map.of(), Files.exists(own) ? own.toString() : "python3", "oracle.py");
    }

    private static Oracle ruby() throws IOException {
        return Oracle.start("rails", Map.of(), "ruby", "oracle.rb");
    }

    private static Path directory() {
        return Path.of(System.getProperty("slipring.oracles")).toAbsolutePath();
    }

    private static void unavailable(String reason) {
        assertThat(Boolean.getBoolean("require.oracles")).as(reason).isFalse();
        Assumptions.abort(reason);
    }

    /** A process that answers questions line by line. */
    private static final class Oracle implements AutoCloseable {
        private final Process process;

        private Oracle(Process process) {
            this.process = process;
        }

        static Oracle start(String format, Map<String, String> environment, String... command) throws IOException {
            List<String> words = new ArrayList<>(List.of(command));
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(Path.of("src/test/oracles").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment);
            try {
                Oracle oracle = new Oracle(builder.start());
                Map<String, String> said = oracle.answer(Map.of("do", "version", "format", format));
                if (said.containsKey("package")) {
                    System.out.println("oracle: " + said.get("package"));
                    return oracle;
                }
                oracle.close();
            } catch (IOException e) {
                // No such program: as if its packages were missing.
            }
            unavailable(String.join(" ", command) + " does not know " + format + "; see .ci/oracles");
            throw new IllegalStateException("unreachable");
        }

        Map<String, String> ask(Map<String, String> question) throws IOException {
            Map<String, String> said = answer(question);
            assertThat(said).as("%s", question).doesNotContainKey("error");
            return said;
        }

        private Map<String, String> answer(Map<String, String> question) throws IOException {
            process.outputWriter(StandardCharsets.UTF_8).write(FlatJson.write(question) + "\n");
            process.outputWriter(StandardCharsets.UTF_8).flush();
            String line = process.inputReader(StandardCharsets.UTF_8).readLine();
            return line == null ? Map.of("error", "it ended") : FlatJson.read(line);
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
