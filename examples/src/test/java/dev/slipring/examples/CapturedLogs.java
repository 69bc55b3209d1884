package dev.slipring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Everything that is logged, at every level of both logging systems, and printed, from its opening to its closing. One
 * at a time. Safe for use by several threads.
 */
final class CapturedLogs implements AutoCloseable {
    private static final Logger ROOT = Logger.getLogger("");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final JdkRecords records = new JdkRecords();
    private final Level level = ROOT.getLevel();
    private final Handler[] others = ROOT.getHandlers();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    private CapturedLogs() {
        PrintStream console = new PrintStream(printed, true, UTF_8);
        System.setOut(console);
        System.setErr(console);
        Arrays.stream(others).forEach(ROOT::removeHandler); // the console's would only say the same again
        ROOT.addHandler(records);
        ROOT.setLevel(Level.ALL);
        CapturingLoggers.begin();
    }

    /** Begins to listen. */
    static CapturedLogs open() {
        return new CapturedLogs();
    }

    /** What the library, and others by SLF4J, have logged. */
    String logged() {
        return CapturingLoggers.logged();
    }

    /** What the JDK, and drivers by java.util.logging, have logged. */
    String loggedByJdk() {
        return records.text();
    }

    /** What was printed. */
    String printed() {
        return printed.toString(UTF_8);
    }

    @Override
    public void close() {
        CapturingLoggers.end();
        ROOT.setLevel(level);
        ROOT.removeHandler(records);
        Arrays.stream(others).forEach(ROOT::addHandler);
        System.setOut(out);
        System.setErr(err);
    }

    /** Keeps what is published, with what was thrown. */
    private static final class JdkRecords extends Handler {
        private final StringBuilder text = new StringBuilder();

        JdkRecords() {
            setFormatter(new SimpleFormatter());
            setLevel(Level.ALL);
        }

        @Override
        public synchronized void publish(LogRecord entry) {
            text.append(getFormatter().format(entry));
        }

        synchronized String text() {
            return text.toString();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
