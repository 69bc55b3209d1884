package dev.slipring.examples;

import dev.slipring.examples.cli.Shell;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A person who types commands, and what each of them prints. Used by one thread. */
final class LeakShell {
    private static final Set<String> FORMS = Set.of("--json", "--html");

    private final Shell shell;
    private final LeakEvidence evidence;
    private final Set<String> used = new TreeSet<>();

    LeakShell(Shell shell, LeakEvidence evidence) {
        this.shell = shell;
        this.evidence = evidence;
    }

    /** What is piped into the next commands. */
    LeakShell piping(String text) {
        shell.piping(text);
        return this;
    }

    /** Lets the environment of the next commands have {@code variable}. */
    LeakShell with(String variable, String value) {
        shell.with(variable, value);
        return this;
    }

    /** Keeps what the command prints by its name and the form of its answer. */
    Shell.Run run(String... arguments) {
        Shell.Run run = shell.run(arguments);
        String command = arguments[0];
        used.add(command);
        String place = Stream.concat(
                        Stream.of(command), Arrays.stream(arguments).skip(1).filter(FORMS::contains))
                .collect(Collectors.joining(" "));
        evidence.add(LeakSink.COMMAND_LINE, place, run.out() + "\n" + run.err());
        return run;
    }

    /** The same with more arguments at the end. */
    Shell.Run run(List<String> arguments, String... more) {
        return run(Stream.concat(arguments.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    /** The commands that were given. */
    Set<String> used() {
        return used;
    }
}
