package dev.slipring.examples;

import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Rotates the secrets of a small web application while it is in use, and counts what is lost: three replicas, each with
 * its own {@link dev.slipring.Slipring}, pool and port, on one store and one PostgreSQL.
 */
public final class Demo {
    /** Nothing was lost. */
    static final int CLEAN = 0;

    /** Something was lost. */
    static final int LOST = 1;

    /** The demo could not run. */
    static final int CANNOT_RUN = 2;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final CountDownLatch over = new CountDownLatch(1);

    /** A demo that prints to {@code out} and {@code err}; {@code terminal} tells whether lines can be rewritten. */
    Demo(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /**
     * Runs the demo and ends the virtual machine with its exit code.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        Demo demo = new Demo(System.out, System.err, onTerminal());
        demo.endOnSignal(Thread.currentThread());
        int code = demo.run(arguments);
        demo.over.countDown();
        System.exit(code);
    }

    /** Since JDK 22 there is a console without a terminal too, and it tells; before that, no terminal, no console. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean onTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** Runs and returns the exit code. */
    int run(String... arguments) {
        try {
            DemoOptions options = DemoOptions.parse(arguments);
            if (options.help()) {
                out.print(DemoOptions.HELP);
                return CLEAN;
            }
            return run(options);
        } catch (CannotRunException e) {
            err.println("demo: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            err.println("demo: " + e + "; the log has the details");
            LoggerFactory.getLogger(Demo.class).atError().setCause(e).log("the demo failed");
        }
        return CANNOT_RUN;
    }

    private int run(DemoOptions options) throws InterruptedException {
        // Lies need time to show: a broken run keeps the long overlap.
        Policies policies = Policies.of(
                options.brief() && !options.broken(), options.store().kind(), options.timing());
        Report report = Report.at(options.report());
        keepLogs(report.path().resolveSibling("slipring-demo.log"));
        try (Story story = new Story(options, policies, out, terminal)) {
            Results results = story.run();
            report.write(story.page());
            out.println();
            out.print(ResultTable.text(results));
            out.println();
            out.println(verdict(results, options.broken()));
            out.println("time line: " + report.path());
            if (options.serve()) {
                story.serve();
            }
            return results.losses().isEmpty() ? CLEAN : LOST;
        }
    }

    private static String verdict(Results results, boolean broken) {
        if (results.losses().isEmpty()) {
            return "Nothing was lost.";
        }
        return "LOST: " + String.join(", ", results.losses())
                + (broken ? ". That is what --break is for: a loss does not go unseen." : ".");
    }

    /** The library logs through SLF4J; a person in front of the demo sees its own words only. */
    private static void keepLogs(Path file) {
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
            System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
            System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
        }
    }

    /** Ctrl-C ends the run as if it were over: the server is stopped, temporary files go. */
    private void endOnSignal(Thread main) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (over.getCount() == 0) {
                return;
            }
            main.interrupt();
            try {
                over.await(20, TimeUnit.SECONDS); // not the thread's end: it waits for this hook in System.exit
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }
}
