package dev.slipring.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.slipring.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A person or a script that types commands, on a file store and a clock of its own. */
public final class Shell {
    static final String USER = "ada";

    public final ManualClock clock = ManualClock.at("2030-01-01T00:00:00Z");
    final Map<String, String> environment = new HashMap<>();
    /** Everything that was ever printed. */
    public final List<String> printed = new ArrayList<>();

    /** What happens elsewhere while a command waits. */
    Runnable meanwhile = () -> {};

    private boolean terminal;
    private String input = "";

    public Shell(Path store) {
        environment.put("SLIPRING_STORE", "file:" + store);
    }

    /** How a command ended, and what it printed. */
    public record Run(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    /** Lets the environment of the next commands have {@code variable}. */
    public Shell with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** The names of all commands. */
    public static Set<String> commands() {
        return SlipringCommand.commands(Surroundings.ofProcess())
                .getSubcommands()
                .keySet();
    }

    /** What is piped into the next commands. */
    public Shell piping(String text) {
        terminal = false;
        input = text;
        return this;
    }

    /** What a person types during the next commands. */
    Shell typing(String text) {
        terminal = true;
        input = text;
        return this;
    }

    public Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String typed = input;
        Surroundings around = new Surroundings(
                new Surroundings.Streams(
                        new ByteArrayInputStream(typed.getBytes(UTF_8)),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        terminal,
                        typed::toCharArray),
                new Surroundings.Time(clock, clock, this::pass),
                environment,
                USER);
        int code = SlipringCommand.run(around, arguments);
        Run run = new Run(code, out.toString(UTF_8), err.toString(UTF_8));
        printed.addAll(List.of(run.out, run.err));
        return run;
    }

    /** The same with more arguments at the end. */
    public Run run(List<String> arguments, String... more) {
        return run(Stream.concat(arguments.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    private void pass(Duration time) {
        clock.advance(time);
        meanwhile.run();
    }
}
