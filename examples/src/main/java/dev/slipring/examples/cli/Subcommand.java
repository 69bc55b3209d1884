package dev.slipring.examples.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One command: what all of them have in common. Used once. */
abstract class Subcommand implements Callable<Integer> {
    private final Surroundings around;

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(names = "--json", description = "answer with one JSON object on one line")
    boolean json;

    @Option(names = "--debug", description = "show the stack trace of a failure")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help;

    Subcommand(Surroundings around) {
        this.around = around;
    }

    final Surroundings around() {
        return around;
    }

    /**
     * Does what the command is for.
     *
     * @throws NotDoneException if it is not done, with the reason
     */
    abstract Reply answer() throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        return print(answer());
    }

    /** Prints {@code reply} and returns its exit code. */
    final int print(Reply reply) {
        if (json) {
            around.streams().out().println(reply.json(name()));
        } else {
            reply.lines().forEach(line -> around.streams().out().println(Reply.printable(line)));
        }
        if (!reply.problem().isEmpty()) {
            around.tell("slipring: " + reply.problem());
        }
        around.streams().out().flush();
        return reply.exit().code();
    }

    private String name() {
        return spec == null ? "" : spec.name();
    }
}
