package dev.slipring.examples.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The command line of an operator, who shares the store with an application.
 *
 * <p>It never rotates anything itself: it creates secrets, reads, and writes orders that the replicas carry out.
 */
@CommandLine.Command(
        name = "slipring",
        description =
                "Creates secrets in the store of an application, tells how they stand, and orders what its replicas"
                        + " carry out. Values are never arguments and never printed unless asked for.",
        exitCodeListHeading = "%nExit codes:%n",
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  SLIPRING_STORE, SLIPRING_PREFIX, SLIPRING_JDBC_URL, SLIPRING_AUDIT stand for the options of these names;",
            "  NO_COLOR turns colours off."
        })
public final class SlipringCommand {
    /** Options that a variable of the environment stands for. */
    private static final Map<String, String> VARIABLES = Map.of(
            "--store", "SLIPRING_STORE",
            "--prefix", "SLIPRING_PREFIX",
            "--jdbc-url", "SLIPRING_JDBC_URL",
            "--audit", "SLIPRING_AUDIT");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    boolean help;

    private SlipringCommand() {}

    /**
     * Carries out one command and ends the virtual machine with its exit code.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        }
        System.exit(run(Surroundings.ofProcess(), arguments));
    }

    /** Carries out one command in {@code around} and returns its exit code. */
    static int run(Surroundings around, String... arguments) {
        CommandLine line = commands(around);
        if (arguments.length == 0) {
            line.usage(around.streams().err(), line.getColorScheme());
            return Exit.USAGE.code();
        }
        return line.execute(arguments);
    }

    /** The commands. */
    static CommandLine commands(Surroundings around) {
        CommandLine line = new CommandLine(new SlipringCommand());
        Stream.of(
                        new GenerateCommand(around),
                        new StatusCommand(around),
                        new InventoryCommand(around),
                        new PlanCommand(around),
                        new RotateCommand(around),
                        new ProvideCommand(around),
                        new HoldCommand(around),
                        new ReleaseCommand(around),
                        new CompromisedCommand(around),
                        new VerifyAuditCommand(around),
                        new NamesCommand(around),
                        new CompletionCommand(around))
                .forEach(line::addSubcommand);
        Map<String, String> codes = Stream.of(Exit.values())
                .collect(Collectors.toMap(
                        exit -> Integer.toString(exit.code()), Exit::meaning, (a, b) -> a, LinkedHashMap::new));
        line.getCommandSpec().usageMessage().exitCodeList(codes);
        return line.setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(CommandLine.Help.defaultColorScheme(around.colours() ? Ansi.ON : Ansi.OFF))
                .setOut(writer(around.streams().out()))
                .setErr(writer(around.streams().err()))
                .registerConverter(Duration.class, new TimeConverter())
                .setDefaultValueProvider(argument -> ofEnvironment(argument, around))
                .setParameterExceptionHandler((e, given) -> refused(e, around))
                .setExecutionExceptionHandler((e, failed, parsed) -> failed(e, failed, around));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
    }

    private static @Nullable String ofEnvironment(ArgSpec argument, Surroundings around) {
        String variable = argument instanceof OptionSpec option ? VARIABLES.get(option.longestName()) : null;
        return variable == null ? null : around.environment().get(variable);
    }

    /** A program that asked for JSON gets it, whatever else it asked for. */
    private static int refused(ParameterException e, Surroundings around) {
        Reply reply = Reply.problem(Exit.USAGE, Complaints.of(e));
        Object command = e.getCommandLine().getCommand();
        if (command instanceof Subcommand subcommand) {
            return subcommand.print(reply);
        }
        around.tell("slipring: " + reply.problem());
        return reply.exit().code();
    }

    private static int failed(Exception e, CommandLine line, Surroundings around) {
        Subcommand command = line.getCommand();
        if (command.debug) {
            e.printStackTrace(around.streams().err());
        }
        return command.print(Complaints.of(e, line));
    }
}
