package dev.slipring.examples;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param brief one rotation of each secret, under shorter durations
 * @param broken lie to the library, to show that a loss is seen
 * @param serve go on serving after the run
 * @param help only print the help
 * @param store where records and values are kept
 * @param jdbcUrl an existing PostgreSQL; empty for one of our own
 * @param jdbcUser who sets things up there
 * @param report where the page goes
 * @param timing durations that replace those of the demo
 */
record DemoOptions(
        boolean brief,
        boolean broken,
        boolean serve,
        boolean help,
        StorePlace store,
        Optional<String> jdbcUrl,
        String jdbcUser,
        Path report,
        TimingOverrides timing) {

    /** The environment variable with the password of {@code --jdbc-user}: a command line is seen by everybody. */
    static final String PASSWORD_VARIABLE = "SLIPRING_DEMO_PASSWORD";

    static final String HELP = """
            Rotates the session secret, the encryption key, the database login and the API key of a small web
            application, three replicas of it under load, and counts what is lost.

            usage: ./demo [options]

              --short             one rotation of each secret instead of three, under a minute
              --break             lie to the library: one replica's store lags, and the old login and the old API
                                  key are disabled behind its back; sessions, checkouts and API calls must be
                                  lost, and are counted
              --serve             go on serving for a browser after the run, until Ctrl-C
              --store PLACE       where records and values are kept: file, a temporary directory, unless given;
                                  file:DIR; jdbc, tables beside the application's, values sealed; vault, a
                                  key-value engine at "secret/" of the server that VAULT_ADDR and VAULT_TOKEN tell;
                                  aws, Secrets Manager at AWS_ENDPOINT_URL in AWS_REGION by the SDK's credentials,
                                  where the run's secrets are deleted after it
              --jdbc-url URL      an existing PostgreSQL instead of an own one; schema and roles named
                                  slipring_demo* are made there
              --jdbc-user USER    who makes them, "postgres" unless given; the password is taken from the
                                  environment variable SLIPRING_DEMO_PASSWORD
              --report FILE       where the page with the time line goes; slipring-demo.html unless given, in the
                                  directory target if there is one
              --policy X=D,...    other durations: R refresh, L staleness, D lag, C write window, A adoption,
                                  T session life, P publish delay, O overlap; as in --policy P=4s,O=12500ms
              --overlap SECONDS   the same as --policy O=SECONDS
              --help              this

            exit code: 0 nothing was lost, 1 something was lost, 2 the demo could not run
            """;

    /**
     * Parses a command line.
     *
     * @throws CannotRunException if it cannot be understood
     */
    static DemoOptions parse(String... arguments) {
        Parser parser = new Parser(new ArrayDeque<>(Arrays.asList(arguments)));
        while (!parser.rest.isEmpty()) {
            parser.option();
        }
        return parser.options();
    }

    private static final class Parser {
        private final Deque<String> rest;
        private boolean brief;
        private boolean broken;
        private boolean serve;
        private boolean help;
        private StorePlace store = StorePlace.TEMPORARY;
        private Optional<String> jdbcUrl = Optional.empty();
        private String jdbcUser = "postgres";
        private Optional<Path> report = Optional.empty();
        private TimingOverrides timing = TimingOverrides.NONE;

        Parser(Deque<String> rest) {
            this.rest = rest;
        }

        void option() {
            String argument = rest.remove();
            int equals = argument.indexOf('=');
            if (argument.startsWith("--") && equals > 0) {
                rest.push(argument.substring(equals + 1));
                argument = argument.substring(0, equals);
                if (!takesValue(argument)) {
                    throw unusable(
                            takesNothing(argument) ? "option " + argument + " takes no value" : unknown(argument));
                }
            }
            if (takesValue(argument)) {
                value(argument);
            } else {
                flag(argument);
            }
        }

        DemoOptions options() {
            return new DemoOptions(
                    brief,
                    broken,
                    serve,
                    help,
                    store,
                    jdbcUrl,
                    jdbcUser,
                    report.orElseGet(DemoOptions::usualReport),
                    timing);
        }

        private void flag(String option) {
            switch (option) {
                case "--short" -> brief = true;
                case "--break" -> broken = true;
                case "--serve" -> serve = true;
                case "--help", "-h" -> help = true;
                default -> throw unusable(unknown(option));
            }
        }

        private void value(String option) {
            String value = rest.poll();
            if (value == null || value.isBlank()) {
                throw unusable("option " + option + " needs a value");
            }
            switch (option) {
                case "--store" -> store = place(option, value);
                case "--jdbc-url" -> jdbcUrl = Optional.of(value);
                case "--jdbc-user" -> jdbcUser = value;
                case "--report" -> report = Optional.of(path(option, value));
                case "--policy" -> timing = timing.and(TimingOverrides.parse(value));
                case "--overlap" -> timing = timing.and(TimingOverrides.parse("O=" + value));
                default -> throw new AssertionError(option);
            }
        }

        private static boolean takesValue(String option) {
            return Stream.of("--store", "--jdbc-url", "--jdbc-user", "--report", "--policy", "--overlap")
                    .anyMatch(option::equals);
        }

        private static boolean takesNothing(String option) {
            return Stream.of("--short", "--break", "--serve", "--help").anyMatch(option::equals);
        }

        private static StorePlace place(String option, String value) {
            try {
                return StorePlace.parse(value);
            } catch (IllegalArgumentException e) {
                throw unusable("option " + option + ": " + e.getMessage());
            }
        }

        private static Path path(String option, String value) {
            try {
                return Path.of(value);
            } catch (InvalidPathException e) {
                throw unusable("option " + option + ": " + value + " is not a path");
            }
        }

        private static String unknown(String option) {
            return "unknown option " + option;
        }

        private static CannotRunException unusable(String why) {
            return new CannotRunException(why + "; ./demo --help lists the options");
        }
    }

    /** In the build's directory if there is one, so that a checkout stays clean. */
    private static Path usualReport() {
        return Stream.of("target", "examples/target")
                .map(Path::of)
                .filter(Files::isDirectory)
                .findFirst()
                .orElse(Path.of(""))
                .resolve("slipring-demo.html");
    }
}
