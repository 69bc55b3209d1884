package dev.slipring.jdbc.rewrap;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/** Shows the progress of a rewrap in one line of a terminal that is rewritten. Safe for use by several threads. */
public final class ProgressBar implements Consumer<RewrapProgress> {
    private static final int CELLS = 40;
    private static final int WIDTH = 110;

    private final PrintStream out;
    private final boolean terminal;

    ProgressBar(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A bar on the standard output if that is a terminal, and nothing otherwise. */
    public static ProgressBar onTerminal() {
        return new ProgressBar(System.out, hasTerminal());
    }

    /** Since JDK 22 there is a console without a terminal too, and it tells; before that, no terminal, no console. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasTerminal() {
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

    @Override
    public synchronized void accept(RewrapProgress progress) {
        if (!terminal) {
            return;
        }
        long seen = progress.seen();
        double part = progress.finished() ? 1 : Math.min(1, (double) seen / Math.max(1, progress.total()));
        int full = (int) (part * CELLS);
        String line = String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %d of %d cells, %d changed, %d refused, %d overtaken",
                "#".repeat(full),
                ".".repeat(CELLS - full),
                (int) (part * 100),
                seen,
                progress.total(),
                progress.changed(),
                progress.refused(),
                progress.overtaken());
        out.print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())) + (progress.finished() ? "\n" : ""));
        out.flush();
    }
}
