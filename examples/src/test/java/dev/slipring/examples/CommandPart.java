package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.examples.cli.Shell;
import dev.slipring.keyring.SecretName;
import dev.slipring.keyring.SecretValue;
import dev.slipring.store.FileSecretStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Every command of the command line, as it should be given, and with secrets where none belongs. */
final class CommandPart {
    private static final List<String> API_KEY = List.of("--kind", "api-key", "--debug", "--reason");
    private static final List<String> COOKIE = List.of("cookie", "--kind", "session", "--debug", "--reason", "court");

    private final LeakWorld world;
    private final LeakShell shell;
    private final Path place;
    private final List<String> audited;
    private final SecretValue first;
    private final String second;

    private CommandPart(LeakWorld world) throws IOException {
        this.world = world;
        shell = world.shell;
        place = world.directory.resolve("commands");
        Path auditKey = file("audit-key", world.secret("audit key of the command line"));
        audited = List.of("--audit-key", auditKey.toString());
        first = world.secret("first key by the command line");
        second = LeakWorld.text(world.secret("second key by the command line"));
    }

    /** A {@link LeakPart}. */
    static void in(LeakWorld world) throws Exception {
        CommandPart part = new CommandPart(world);
        part.create();
        part.provide();
        part.order();
        part.show();
        part.misplace();
        part.useServers();
    }

    private void create() throws IOException {
        List<String> create = List.of("generate", "partner", "--kind", "api-key", "--service", "P", "--import");
        Path file = file("value", first);
        for (List<String> again : List.of(List.<String>of(), List.of("--json"), List.of("--debug"))) {
            run(create, List.of("--file", file.toString()), again, audited);
        }
        run(List.of("generate", "cookie", "--kind", "session"), audited);
        run(List.of("generate", "kek", "--kind", "encryption", "--json"), audited);
        FileSecretStore store = FileSecretStore.in(place, world.clock);
        for (String name : List.of("cookie", "kek")) {
            SecretValue made = store.value(SecretName.of(name), 1).orElseThrow();
            world.probe.learn(name + " by the command line", made.copyBytes());
        }
    }

    private void provide() {
        List<String> provide = List.of("provide", "partner");
        shell.piping(LeakWorld.text(first));
        run(provide, API_KEY, List.of("again"), audited);
        shell.piping(second);
        run(provide, API_KEY, List.of("it is " + second), audited);
        run(provide, API_KEY, List.of("new", "--label", second.substring(8)), audited);
        shell.piping(second + " x");
        run(provide, API_KEY, List.of("new"), audited);
        shell.piping(second);
        run(provide, API_KEY, List.of("new"), audited);
        run(provide, API_KEY, List.of("again", "--json"), audited);
    }

    private void order() {
        run(List.of("rotate"), COOKIE, audited);
        run(List.of("rotate"), COOKIE, audited, List.of("--json"));
        run(List.of("hold"), COOKIE, audited, List.of("1"));
        run(List.of("release"), COOKIE, audited, List.of("1", "--yes"));
        run(List.of("compromised"), COOKIE, audited, List.of("--yes"));
        run(List.of("compromised", "partner"), API_KEY, List.of("leaked", "--yes", "--json"), audited);
    }

    private void show() {
        for (List<String> command : List.of(
                List.of("status"),
                List.of("inventory"),
                List.of("names"),
                List.of("plan", "partner", "--kind", "api-key"),
                List.of("completion"))) {
            run(command);
            run(command, List.of("--json"));
        }
        shell.run("inventory", "--html");
        List<String> verify = List.of("verify-audit", place.resolve("AUDIT").toString(), "--emergencies");
        run(verify, audited);
        run(verify, audited, List.of("--json"));
        run(verify, List.of("--debug"));
    }

    private void misplace() throws IOException {
        shell.run("provide", "partner", second, "--reason", "in the wrong place");
        shell.run("status", "--value=" + second);
        for (String option : List.of("--kind", "--max-age", "--version", "--environment", "--plan", "--wait")) {
            for (String command : Shell.commands()) {
                shell.run(command, "partner", option, second, "--debug");
            }
        }
        Path file = file("not-a-key", SecretValue.copyOf(second.substring(0, 16).getBytes(UTF_8)));
        run(List.of("hold"), COOKIE, List.of("1", "--audit-key", file.toString()));
        shell.run("verify-audit", place.resolve("AUDIT").toString(), "--audit-key", file.toString(), "--debug");
    }

    /** Stores behind an address, which refuse whoever comes, and an address that is none. */
    private void useServers() throws IOException {
        String token = LeakWorld.text(world.secret("token of the command line"));
        CarelessService vault = world.with(CarelessService.answering(403));
        shell.with("VAULT_TOKEN", token).with("SLIPRING_JDBC_PASSWORD", token);
        for (String address : List.of(
                vault.address().toString(), "https://a:" + token + "@host/", "https://a:" + token + " b@host/")) {
            shell.with("VAULT_ADDR", address);
            run(List.of("status", "--debug", "--store", "vault", "--prefix", "app"));
        }
        String url = world.servers.postgres().url();
        for (String address : List.of(url, url + "?user=app&password=" + token)) {
            run(List.of("status", "--debug", "--store", "jdbc", "--jdbc-user", "nobody", "--jdbc-url", address));
        }
    }

    @SafeVarargs
    private void run(List<String>... parts) {
        List<String> line = new ArrayList<>();
        for (List<String> part : parts) {
            line.addAll(part);
        }
        shell.run(line);
    }

    private Path file(String name, SecretValue content) throws IOException {
        Path file = world.directory.resolve(name);
        Files.write(file, content.copyBytes());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }
}
