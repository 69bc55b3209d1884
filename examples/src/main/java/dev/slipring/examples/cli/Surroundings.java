package dev.slipring.examples.cli;

import dev.slipring.keyring.Ticker;
import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a command runs: everything that it knows of the world beside its arguments.
 *
 * @param streams what it reads and prints to
 * @param time its clocks
 * @param environment the variables of the process
 * @param user who runs it, by the operating system
 */
record Surroundings(Streams streams, Time time, Map<String, String> environment, String user) {
    /** Asks a person for something that is not shown while it is typed; null at the end of the input. */
    interface Hidden {
        char @Nullable [] read();
    }

    /**
     * Input and output.
     *
     * @param terminal whether a person sits in front of them
     * @param hidden how a person is asked for a value, on a terminal
     */
    record Streams(InputStream in, PrintStream out, PrintStream err, boolean terminal, Hidden hidden) {}

    /** Lets time pass. */
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    /**
     * Clocks.
     *
     * @param clock the wall clock, which is the store's where that has none
     * @param ticker measures durations
     * @param pause waits
     */
    record Time(InstantSource clock, Ticker ticker, Pause pause) {}

    /** Those of this process. */
    @SuppressWarnings("SystemConsoleNull") // before JDK 22 there is none without a terminal
    static Surroundings ofProcess() {
        Console console = System.console();
        return new Surroundings(
                new Streams(
                        System.in,
                        System.out,
                        System.err,
                        console != null && isTerminal(console),
                        () -> console == null ? null : console.readPassword()),
                new Time(InstantSource.system(), Ticker.system(), time -> Thread.sleep(time.toMillis())),
                System.getenv(),
                System.getProperty("user.name", "unknown"));
    }

    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** Whether output may have colours: on a terminal, unless NO_COLOR says otherwise. */
    boolean colours() {
        return streams.terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** A line for the person in front of it, beside what the command answers. */
    void tell(String line) {
        streams.err.println(Reply.printable(line));
    }
}
